// Runs every rule over the facts and says of each whether it was evaluated, could not tell, or does not apply.
import type { ComponentKind } from "../model/component.ts";
import type { FactId, FactSet, Facts } from "../model/facts.ts";
import type { FindingDraft } from "../model/finding.ts";
import type { AnyRule } from "../model/rule.ts";
import type { Stack } from "../model/stack.ts";

export interface RuleOutcome {
  readonly rule: AnyRule;
  readonly status: "evaluated" | "inconclusive" | "notApplicable";
  readonly drafts: readonly FindingDraft[];
  /** Facts whose absence made the rule inconclusive. */
  readonly missing: readonly FactId[];
  /** The rule has text patterns, but nothing that its component wrote is in the evidence. */
  readonly noText?: boolean;
  /** Message of an exception: a defect of the rule, shown as such. */
  readonly threw?: string;
}

/** Kinds that every evidence set is about, whether or not a component of that kind was found. */
const everywhere: ReadonlySet<ComponentKind> = new Set(["kubernetes", "host", "docker"]);

export function evaluateRules(rules: readonly AnyRule[], factSet: FactSet, stack: Stack): RuleOutcome[] {
  return rules.map((rule) => evaluateRule(rule, factSet, stack));
}

/** Configuration alone has no logs, pods or sockets: a rule that waits for them does not apply, and nobody is asked for them. */
export function asInLint(outcome: RuleOutcome): RuleOutcome {
  return outcome.status === "inconclusive" && outcome.threw === undefined
    ? { ...outcome, status: "notApplicable" }
    : outcome;
}

function evaluateRule(rule: AnyRule, factSet: FactSet, stack: Stack): RuleOutcome {
  const { facts } = factSet;
  const missing = missingFacts(rule, factSet);
  if (missing.length > 0) {
    const applies = isApplicable(rule, facts, stack) && !needsOtherPlatform(missing, factSet);
    return { rule, status: applies ? "inconclusive" : "notApplicable", drafts: [], missing };
  }
  try {
    const drafts = rule.check(facts, stack);
    if (drafts.length > 0) return { rule, status: "evaluated", drafts, missing };
  } catch (error) {
    const threw = error instanceof Error ? error.message : String(error);
    return { rule, status: "inconclusive", drafts: [], missing, threw };
  }
  if (!isApplicable(rule, facts, stack)) return { rule, status: "notApplicable", drafts: [], missing };
  if (rule.texts && rule.needs.includes("text.lines") && !hasTextOf(rule.component, facts)) {
    return { rule, status: "inconclusive", drafts: [], missing: ["text.lines"], noText: true };
  }
  return { rule, status: "evaluated", drafts: [], missing };
}

function missingFacts(rule: AnyRule, factSet: FactSet): FactId[] {
  const missing = rule.needs.filter((id) => !isAvailable(id, factSet));
  const any = rule.needsAny ?? [];
  return any.length > 0 && !any.some((id) => isAvailable(id, factSet)) ? [...missing, ...any] : missing;
}

export function isAvailable(id: FactId, factSet: FactSet): boolean {
  return factSet.seen.has(id) || factSet.facts[id].length > 0;
}

function isApplicable(rule: AnyRule, facts: Facts, stack: Stack): boolean {
  if (stack.components.some((component) => component.kind === rule.component)) return true;
  if (!everywhere.has(rule.component)) return false;
  return rule.needs.some((id) => facts[id].length > 0);
}

/** A Kubernetes rule says nothing about a stack that shows no Kubernetes at all, and the same for Docker. */
function needsOtherPlatform(missing: readonly FactId[], factSet: FactSet): boolean {
  const platforms = ["kubernetes.", "docker.", "host.", "ansible."];
  const ids = Object.keys(factSet.facts) as FactId[];
  return platforms.some(
    (platform) =>
      missing.some((id) => id.startsWith(platform)) &&
      !ids.some((id) => id.startsWith(platform) && isAvailable(id, factSet)),
  );
}

function hasTextOf(kind: ComponentKind, facts: Facts): boolean {
  return facts["text.lines"].some(
    (line) => line.component === kind || line.component === undefined || everywhere.has(kind),
  );
}
