// Facts and a diagnosis to a validation: verdicts, each failure with its root cause where the diagnosis knows it.
import type { AnyCheck, CheckVerdict, Coverage, Validation } from "../model/check.ts";
import { blocksVerdict, type Gap } from "../model/evidence.ts";
import type { Expectation } from "../model/expectation.ts";
import type { FactSet } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { Report } from "../model/report.ts";
import type { Stack } from "../model/stack.ts";
import { newestMs } from "../stack/newest.ts";
import { countStates, type JudgedCheck, judgeChecks } from "./judge-checks.ts";
import { monitored } from "./subjects.ts";

export interface ValidateInput {
  readonly checks: readonly AnyCheck[];
  readonly factSet: FactSet;
  readonly stack: Stack;
  readonly report: Report;
  readonly expectation: Expectation;
  readonly readLine: (source: string, line: number) => string | undefined;
  readonly version: string;
  readonly onCheck?: (id: string) => void;
}

export function validate(given: ValidateInput): Validation {
  const input = { ...given, factSet: withDeclaredAbsences(given.factSet, given.expectation) };
  const { factSet, stack, report, expectation, version } = input;
  const nowMs = newestMs(factSet.facts);
  const judged = judgeChecks({ ...input, ...(nowMs === undefined ? {} : { nowMs }) });
  const verdicts = judged.map((one) => explained(one, report, stack));
  return {
    schema: "watchmend.validation/v1",
    tool: { version },
    verdict: overall(judged, factSet, stack),
    expectation: { from: expectation.from, ...(expectation.source ? { source: expectation.source } : {}) },
    counts: countStates(judged),
    verdicts,
    missing: factSet.gaps.map(({ what, because, detail, decideWith }) => ({
      what,
      because: `${because}: ${detail}`,
      ...(decideWith ? { decideWith } : {}),
    })),
    coverage: coverageOf(judged, factSet, stack),
  };
}

/** A host that may be switched off hides nothing that was expected. */
function withDeclaredAbsences(factSet: FactSet, { absences }: Expectation): FactSet {
  const away = new Map(absences.map(({ name, because }) => [`host ${name}`, because]));
  const gaps = factSet.gaps.map((gap): Gap => {
    const because = away.get(gap.what);
    if (because === undefined || (gap.because !== "unreachable" && gap.because !== "timed-out")) return gap;
    return { ...gap, detail: `${gap.detail} (declared: ${because})`, onlySharpens: true };
  });
  return { ...factSet, gaps };
}

/** Not one thing known to be wrong, at least one known to be right, and nothing that could not be seen. */
function overall(judged: readonly JudgedCheck[], { gaps }: FactSet, stack: Stack): Validation["verdict"] {
  if (judged.some(({ state }) => state === "fail")) return "fail";
  // a host that could not be read has no parts that could fail
  if (gaps.some(blocksVerdict)) return "unknown";
  if (judged.some(({ state }) => state === "unknown") || monitored(stack).length === 0) return "unknown";
  return judged.some(({ state }) => state === "pass" || state === "warn") ? "pass" : "unknown";
}

function explained(judged: JudgedCheck, report: Report, stack: Stack): CheckVerdict {
  const { component: id, ...verdict } = judged;
  if (verdict.state !== "fail" && verdict.state !== "warn") return verdict;
  const component = stack.components.find((one) => one.id === id);
  const names = new Set([
    verdict.subject.id,
    ...(component
      ? [
          component.id,
          ...component.pods.map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name)),
        ]
      : []),
  ]);
  const own = report.findings.filter(
    (finding) =>
      names.has(finding.subject.id) || (verdict.hints.includes(finding.rule) && mentions(finding, names)),
  );
  const because = rootsOf(own, report.findings).map(({ id: finding, rule, says }) => ({
    finding,
    rule,
    says,
  }));
  return { ...verdict, because, hints: because.length > 0 ? [] : verdict.hints };
}

function mentions(finding: Finding, names: ReadonlySet<string>): boolean {
  return [...names].some((name) => finding.says.includes(name.split(/[ /→]+/).at(-1) ?? name));
}

/** Climbs from what is seen to what nothing else explains. */
function rootsOf(findings: readonly Finding[], all: readonly Finding[]): Finding[] {
  const byId = new Map(all.map((finding) => [finding.id, finding]));
  const roots = new Map<string, Finding>();
  const seen = new Set<string>();
  const climb = (finding: Finding): void => {
    if (seen.has(finding.id)) return;
    seen.add(finding.id);
    if (finding.role === "root") roots.set(finding.id, finding);
    for (const id of finding.explainedBy) {
      const cause = byId.get(id);
      if (cause) climb(cause);
    }
  };
  for (const finding of findings) climb(finding);
  return all.filter((finding) => roots.has(finding.id));
}

function coverageOf(judged: readonly JudgedCheck[], { facts }: FactSet, stack: Stack): Coverage {
  const sorted = (list: Iterable<string>): string[] => [...new Set(list)].toSorted();
  const sources = facts["loki.labels"].flatMap(({ name, values }) =>
    (values ?? []).map((value) => `${name}=${value}`),
  );
  const up = facts["prometheus.targets"].filter(({ health, dropped }) => health === "up" && !dropped);
  const working = new Set(
    judged.flatMap(({ component, state }) => (component && state === "pass" ? [component] : [])),
  );
  return {
    components: sorted(working),
    hosts: sorted(monitored(stack).flatMap(({ host }) => host ?? [])),
    targetsUp: sorted(up.map(({ job, instance }) => `${job} ${instance ?? ""}`)),
    logSources: sorted(sources),
  };
}
