// Sorts findings into those that count and those somebody decided to live with, and judges the suppressions themselves.
import type { Finding } from "../model/finding.ts";
import { matchesGlob } from "./glob.ts";
import { ownFinding, ownRules } from "./own-rules.ts";
import {
  type BadSuppression,
  isExpired,
  type ListedSuppression,
  namesRule,
  type Suppression,
} from "./suppression.ts";

export interface SuppressInput {
  readonly findings: readonly Finding[];
  readonly suppressions: readonly Suppression[];
  readonly bad: readonly BadSuppression[];
  /** YYYY-MM-DD. */
  readonly today: string;
  /** How a source is called by the patterns of the ignore file; undefined when it lies outside that file's folder. */
  readonly pathOf: (source: string) => string | undefined;
  /** The line of a source, to quote a suppression. */
  readonly lineOf: (source: string, line: number) => string;
}

export interface Suppressed {
  readonly finding: Finding;
  readonly justification: string;
  readonly inSource: boolean;
}

export interface SuppressResult {
  readonly kept: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** Findings about suppressions. */
  readonly complaints: readonly Finding[];
}

export function suppress(input: SuppressInput): SuppressResult {
  const valid = input.suppressions.filter((one) => !isExpired(one, input.today));
  const used = new Set<Suppression>();
  const direct = new Map<string, Suppressed>();
  for (const finding of input.findings) {
    const found = valid.filter((one) => covers(one, finding, input.pathOf));
    for (const one of found) used.add(one);
    const [first] = found;
    if (first)
      direct.set(finding.id, { finding, justification: reasonOf(first), inSource: first.kind !== "listed" });
  }
  const all = withConsequences(input.findings, direct);
  return {
    kept: input.findings.filter((finding) => !all.has(finding.id)),
    suppressed: [...all.values()],
    complaints: complaintsOf(input, used),
  };
}

function reasonOf({ reason, until }: Suppression): string {
  return until === undefined ? reason : `${reason} (until ${until})`;
}

function covers(one: Suppression, finding: Finding, pathOf: SuppressInput["pathOf"]): boolean {
  if (!namesRule(one, finding.rule)) return false;
  if (one.kind === "listed") return isListed(one, finding, pathOf);
  return finding.proof.some(
    ({ source, line }) =>
      source === one.at.source && (one.kind === "file" || (line !== undefined && one.lines.includes(line))),
  );
}

function isListed(one: ListedSuppression, finding: Finding, pathOf: SuppressInput["pathOf"]): boolean {
  if (one.subject !== undefined && one.subject !== finding.subject.id) return false;
  if (one.paths.length === 0) return true;
  return finding.proof.some(({ source }) => {
    const path = pathOf(source);
    return path !== undefined && one.paths.some((pattern) => matchesGlob(path, pattern));
  });
}

/** A symptom all of whose causes are lived with is lived with too. */
function withConsequences(
  findings: readonly Finding[],
  direct: ReadonlyMap<string, Suppressed>,
): ReadonlyMap<string, Suppressed> {
  const all = new Map(direct);
  for (let grown = true; grown; ) {
    grown = false;
    for (const finding of findings) {
      const cause = finding.explainedBy[0];
      if (all.has(finding.id) || cause === undefined || !finding.explainedBy.every((id) => all.has(id)))
        continue;
      const known = all.get(cause);
      const justification = `follows from ${cause}, which is suppressed: ${known?.justification ?? ""}`;
      all.set(finding.id, { finding, justification, inSource: known?.inSource ?? false });
      grown = true;
    }
  }
  return all;
}

function complaintsOf(input: SuppressInput, used: ReadonlySet<Suppression>): Finding[] {
  const complain = (
    rule: (typeof ownRules)[keyof typeof ownRules],
    at: { readonly source: string; readonly line: number },
    says: string,
  ): Finding => ownFinding(rule, at, says, input.lineOf(at.source, at.line).trim());
  const bad = input.bad.map((one) =>
    complain(
      one.problem === "no-reason" ? ownRules.noReason : ownRules.unreadable,
      one.at,
      `this suppression has no effect: ${one.because}`,
    ),
  );
  const others = input.suppressions.flatMap((one) => {
    const names = one.rules.join(", ");
    if (isExpired(one, input.today))
      return [
        complain(
          ownRules.expired,
          one.at,
          `the suppression of ${names} ended on ${one.until} (${one.reason})`,
        ),
      ];
    if (used.has(one)) return [];
    return [complain(ownRules.unused, one.at, `no finding of ${names} stands where this suppression looks`)];
  });
  return [...bad, ...others].sort(byPlace);
}

function byPlace(a: Finding, b: Finding): number {
  const [one, other] = [a.proof[0], b.proof[0]];
  if (!one || !other || one.source === other.source) return (one?.line ?? 0) - (other?.line ?? 0);
  return one.source < other.source ? -1 : 1;
}
