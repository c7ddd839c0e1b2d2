// Verdicts as people read them: by suite, and of a check that holds everywhere only one line.
import type { CheckState, CheckVerdict, Validation } from "../../model/check.ts";

export interface CheckGroup {
  readonly check: string;
  readonly proves: string;
  /** The worst state of its verdicts. */
  readonly state: CheckState;
  readonly verdicts: readonly CheckVerdict[];
}

export interface SuiteGroup {
  readonly suite: string;
  readonly checks: readonly CheckGroup[];
}

/** Worst first: what fails, what nobody could see, what deserves a look. */
export const byGravity: readonly CheckState[] = ["fail", "unknown", "warn", "pass", "skip"];

export function grouped({ verdicts }: Validation): SuiteGroup[] {
  const suites = [...new Set(verdicts.map(({ suite }) => suite))];
  return suites.map((suite) => {
    const own = verdicts.filter((verdict) => verdict.suite === suite);
    const checks = [...new Set(own.map(({ check }) => check))];
    return { suite, checks: checks.map((check) => groupOf(check, own)) };
  });
}

function groupOf(check: string, verdicts: readonly CheckVerdict[]): CheckGroup {
  const own = verdicts
    .filter((verdict) => verdict.check === check)
    .toSorted((a, b) => byGravity.indexOf(a.state) - byGravity.indexOf(b.state));
  const [worst] = own;
  return { check, proves: worst?.proves ?? "", state: worst?.state ?? "unknown", verdicts: own };
}

/** `2 failed, 1 could not be told, 14 passed, 3 skipped` */
export function countsLine({ counts }: Validation): string {
  const words: readonly (readonly [CheckState, string])[] = [
    ["fail", "failed"],
    ["unknown", "could not be told"],
    ["warn", "to look at"],
    ["pass", "passed"],
    ["skip", "skipped"],
  ];
  return (
    words.flatMap(([state, word]) => (counts[state] > 0 ? [`${counts[state]} ${word}`] : [])).join(", ") ||
    "nothing was checked"
  );
}

export function answerOf(validation: Validation): string {
  const line = countsLine(validation);
  if (validation.verdict === "pass") return `The stack works: ${line}.`;
  if (validation.verdict === "fail") return `The stack does not work: ${line}.`;
  const unread = validation.missing.length > 0 ? ", and not everything could be read" : "";
  return `Could not tell whether the stack works: ${line}${unread}.`;
}

export function expectationLine({ expectation }: Validation): string {
  if (expectation.from === "discovered")
    return "Nobody declared what must be there, so what was found is what was expected.";
  return `What must be there was read from ${expectation.source ?? `the ${expectation.from}`}.`;
}
