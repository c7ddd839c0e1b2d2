// Before and after a migration: nothing that was seen to work may be missing afterwards.
import type { CheckState, Coverage, Validation } from "../model/check.ts";
import type { ComparedPart, Comparison } from "../model/comparison.ts";

const parts: readonly (readonly [keyof Coverage, string])[] = [
  ["components", "parts that work"],
  ["hosts", "hosts"],
  ["targetsUp", "targets up"],
  ["logSources", "log sources"],
];

export function compareValidations(before: Validation, after: Validation): Comparison {
  const compared = parts.map(([key, what]) => comparePart(what, before.coverage[key], after.coverage[key]));
  const turned = turnedVerdicts(before, after);
  const isWorse =
    compared.some(({ lost }) => lost.length > 0) ||
    turned.some((one) => one.before === "pass" && one.after !== "warn");
  return { parts: compared, turned, worse: isWorse };
}

function comparePart(what: string, before: readonly string[], after: readonly string[]): ComparedPart {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    what,
    before: old.size,
    after: now.size,
    lost: [...old].filter((name) => !now.has(name)),
    gained: [...now].filter((name) => !old.has(name)),
  };
}

/** Pods get new names when they are replaced: only subjects that exist on both sides are compared one by one. */
function turnedVerdicts(before: Validation, after: Validation): Comparison["turned"] {
  const key = ({ check, subject }: Validation["verdicts"][number]): string =>
    `${check} ${subject.kind} ${subject.id}`;
  const old = new Map(before.verdicts.map((verdict) => [key(verdict), verdict.state]));
  const matters = (state: CheckState): boolean => state !== "skip";
  return after.verdicts.flatMap((verdict) => {
    const was = old.get(key(verdict));
    if (was === undefined || was === verdict.state || !matters(was) || !matters(verdict.state)) return [];
    return [{ check: verdict.check, subject: verdict.subject.id, before: was, after: verdict.state }];
  });
}
