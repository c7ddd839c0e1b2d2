// Runs every check over the facts: what holds, what does not, and what nobody could see.
import {
  type AnyCheck,
  type CheckState,
  type CheckVerdict,
  suites,
  type VerdictDraft,
} from "../model/check.ts";
import type { Expectation } from "../model/expectation.ts";
import { type FactId, type FactSet, factIds } from "../model/facts.ts";
import type { ProofDraft, Subject } from "../model/finding.ts";
import type { Proof } from "../model/place.ts";
import type { Stack } from "../model/stack.ts";

export interface JudgeChecksInput {
  readonly checks: readonly AnyCheck[];
  readonly factSet: FactSet;
  readonly stack: Stack;
  readonly expectation: Expectation;
  /** The text of a line, to quote it. */
  readonly readLine: (source: string, line: number) => string | undefined;
  readonly nowMs?: number;
  /** Told after each check, which the caller may time. */
  readonly onCheck?: (id: string) => void;
}

/** A verdict with what the next steps still need to know about it. */
export interface JudgedCheck extends CheckVerdict {
  readonly component?: string;
}

/** In the order of the suites; prerequisites are judged before those that wait for them. */
export function judgeChecks(input: JudgeChecksInput): JudgedCheck[] {
  const judged: JudgedCheck[] = [];
  for (const check of inOrder(input.checks)) {
    for (const draft of draftsOf(check, input)) {
      judged.push(finish(check, prerequisite(check, draft, judged) ?? draft, input));
    }
    input.onCheck?.(check.id);
  }
  return judged.toSorted((a, b) => suites.indexOf(a.suite) - suites.indexOf(b.suite));
}

/** Prerequisites before those that wait for them; otherwise as given. */
export function inOrder(checks: readonly AnyCheck[]): AnyCheck[] {
  const ordered: AnyCheck[] = [];
  const visit = (check: AnyCheck, path: readonly string[]): void => {
    if (path.includes(check.id))
      throw new Error(`checks wait for each other: ${[...path, check.id].join(" → ")}`);
    if (ordered.includes(check)) return;
    for (const id of check.after ?? []) {
      const earlier = checks.find((other) => other.id === id);
      if (earlier) visit(earlier, [...path, check.id]);
    }
    ordered.push(check);
  };
  for (const check of checks) visit(check, []);
  return ordered;
}

function draftsOf(check: AnyCheck, input: JudgeChecksInput): readonly VerdictDraft[] {
  const { factSet, stack, expectation, nowMs } = input;
  const whole: Subject = { kind: "cluster", id: "stack" };
  const absent = check.absent({ facts: factSet.facts, stack, expectation });
  if (absent !== undefined) return [{ subject: whole, state: "skip", says: absent, proof: [] }];
  const missing = check.needs.filter((id) => !factSet.seen.has(id) && factSet.facts[id].length === 0);
  if (missing.length > 0) {
    const says = `could not look: ${missing.map(familyName).join(", ")} not in what was read`;
    return [{ subject: whole, state: "unknown", says, proof: [], decideWith: check.decideWith }];
  }
  try {
    const drafts = check.run({
      facts: onlyDeclared(check, factSet),
      stack,
      expectation,
      ...(nowMs === undefined ? {} : { nowMs }),
    });
    if (drafts.length > 0) return drafts;
    const says = "nothing was found that this check is about";
    return [{ subject: whole, state: "unknown", says, proof: [], decideWith: check.decideWith }];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const says = `the check itself failed: ${reason}. This is a defect of watchmend; please report it`;
    return [{ subject: whole, state: "unknown", says, proof: [] }];
  }
}

/** A check that reads what it did not declare finds nothing there and fails its own fixtures. */
function onlyDeclared(check: AnyCheck, { facts }: FactSet): FactSet["facts"] {
  const declared = new Set<FactId>([...check.needs, ...(check.uses ?? [])]);
  const entries = factIds.map((id) => [id, declared.has(id) ? facts[id] : []]);
  return Object.fromEntries(entries) as unknown as FactSet["facts"];
}

/** What cannot work because something before it does not is no second fault. */
function prerequisite(
  check: AnyCheck,
  draft: VerdictDraft,
  judged: readonly JudgedCheck[],
): VerdictDraft | undefined {
  if (draft.state === "pass" || draft.state === "skip") return undefined;
  const failed = judged.find(
    (one) => one.state === "fail" && check.after?.includes(one.check) && carries(one, draft),
  );
  if (!failed) return undefined;
  return { ...draft, state: "skip", says: `not judged, because ${failed.check} failed: ${draft.says}` };
}

/** The same component, or the name whose port is dialled: `prometheus → mon1` and `prometheus → mon1:9100`. */
function carries({ component, subject }: JudgedCheck, draft: VerdictDraft): boolean {
  if (draft.component !== undefined && component === draft.component) return true;
  return (
    subject.kind === "link" && draft.subject.kind === "link" && draft.subject.id.startsWith(`${subject.id}:`)
  );
}

function finish(check: AnyCheck, draft: VerdictDraft, { readLine }: JudgeChecksInput): JudgedCheck {
  const { subject, state, says, component } = draft;
  const decideWith = draft.decideWith ?? (state === "unknown" ? check.decideWith : undefined);
  return {
    check: check.id,
    suite: check.suite,
    proves: check.proves,
    subject,
    state,
    says,
    proof: draft.proof.flatMap((proof) => quoted(proof, readLine)),
    because: [],
    hints: state === "fail" || state === "warn" ? check.hints : [],
    ...(decideWith ? { decideWith } : {}),
    ...(component ? { component } : {}),
  };
}

function quoted(draft: ProofDraft, readLine: JudgeChecksInput["readLine"]): Proof[] {
  const excerpt =
    draft.excerpt ?? (draft.line === undefined ? undefined : readLine(draft.source, draft.line));
  return excerpt === undefined ? [] : [{ ...draft, excerpt: excerpt.trim().slice(0, 400) }];
}

const familyNames: Partial<Record<FactId, string>> = {
  "kubernetes.pods": "the pods",
  "kubernetes.workloads": "the workloads",
  "kubernetes.endpoints": "the endpoints",
  "kubernetes.services": "the Services",
  "kubernetes.claims": "the volume claims",
  "text.lines": "logs",
  "prometheus.targets": "Prometheus' scrape targets",
  "prometheus.rules": "the loaded rules",
  "component.health": "answers of the health endpoints",
  "grafana.datasources": "Grafana's data sources",
  "grafana.dashboards": "Grafana's dashboards",
  "flow.datasources": "answers through Grafana's data sources",
  "metrics.samples": "answers to queries",
  "loki.labels": "the labels Loki knows",
  "host.clocks": "the clocks",
  "host.disks": "disk use",
  "host.dials": "connection and name tests",
  "host.listeners": "listening sockets",
  "docker.containers": "the containers",
  "config.documents": "the configuration",
};

function familyName(id: FactId): string {
  return familyNames[id] ?? id;
}

export function countStates(verdicts: readonly { readonly state: CheckState }[]): Record<CheckState, number> {
  const counts: Record<CheckState, number> = { pass: 0, warn: 0, fail: 0, unknown: 0, skip: 0 };
  for (const { state } of verdicts) counts[state]++;
  return counts;
}
