// The unit that everybody writes: a pure function from declared facts to findings.
import type { ComponentKind } from "./component.ts";
import type { FactId, Facts } from "./facts.ts";
import type { FindingDraft, Fix, Layer, Severity } from "./finding.ts";
import type { TextPattern } from "./pattern.ts";
import type { Stack } from "./stack.ts";

/**
 * What a cause does to the component it is about. Symptom rules declare which effects account for them, so that a new
 * cause is linked to all its consequences without naming them.
 */
export type Effect =
  /** cannot start, or does not keep running */
  | "down"
  /** runs, but never becomes ready */
  | "not-ready"
  /** works, but others cannot connect to it */
  | "unreachable"
  /** does not get (some of) the data it should collect or receive */
  | "no-data-in"
  /** cannot deliver what it has: remote write, pushes, notifications */
  | "no-data-out"
  /** answers queries wrongly, slowly or not at all */
  | "no-answer"
  /** everything on a node or host suffers */
  | "host-down"
  | "none";

/** How the subject of a cause must relate to the subject of a symptom for the cause to account for it. */
export type Via =
  | "same-component"
  /** the symptom is seen by a client of the component the cause is about */
  | "client-of"
  /** the symptom's Service selects the component the cause is about */
  | "selects"
  /** the symptom's component runs on the host or node the cause is about */
  | "runs-on"
  | "anything";

/** Order in which a component meets its faults while it starts; an earlier fault masks a later one. */
export const startPhases = [
  "schedule",
  "volume",
  "image",
  "init",
  "exec",
  "flags",
  "config",
  "bind",
  "storage",
  "replay",
  "rules",
  "ready",
  "run",
] as const;
export type StartPhase = (typeof startPhases)[number];

export interface RivalDeclaration {
  readonly rule: string;
  /** What tells the two apart. */
  readonly tellApart: string;
  readonly decideWith?: string;
}

export interface Rule<Need extends FactId = FactId, Use extends FactId = FactId> {
  /** `<component>/<what-is-wrong>` = folder = docs page. */
  readonly id: string;
  /** The problem as a sentence. */
  readonly title: string;
  /** The mechanism, one paragraph. */
  readonly why: string;
  readonly severity: Severity;
  readonly component: ComponentKind;
  readonly layer: Layer;
  /** A cause says why; a symptom says what is seen and looks for its cause; a habit is never a verdict (role notice). */
  readonly nature: "cause" | "symptom" | "habit";
  readonly effect: Effect;
  readonly phase?: StartPhase;
  /** Facts without which the rule cannot tell anything; missing ones make it inconclusive. */
  readonly needs: readonly Need[];
  /** At least one of these must be there; for rules that can be proven in more than one way. They count as `uses`. */
  readonly needsAny?: readonly Use[];
  /** Facts that sharpen the answer when they are there. */
  readonly uses?: readonly Use[];
  /** Patterns of text lines the rule wants to see; the collector keeps every line that matches one. */
  readonly texts?: readonly TextPattern[];
  /** Those of `texts` that show that the fault is over. */
  readonly recoveredBy?: readonly TextPattern[];
  /** For symptoms: what accounts for them. */
  readonly explainedBy?: readonly {
    readonly effect: Effect;
    readonly via: Via;
    readonly mechanism?: string;
  }[];
  /** Particular symptoms (rule ids) this cause accounts for beyond its effect. */
  readonly explains?: readonly { readonly rule: string; readonly via: Via; readonly mechanism: string }[];
  readonly rivals?: readonly RivalDeclaration[];
  readonly references: readonly string[];
  /** What a person runs to get the needed facts, shown when they are missing. */
  readonly decideWith?: string;
  check(facts: Pick<Facts, Need | Use>, stack: Stack): readonly FindingDraft[];
  fix?(finding: FindingDraft, facts: Pick<Facts, Need | Use>, stack: Stack): Fix | undefined;
}

/** Keeps the compiler's eye on `needs` and `uses`: reading an undeclared fact is a type error. */
export function defineRule<const Need extends FactId, const Use extends FactId = never>(
  rule: Rule<Need, Use>,
): Rule<Need, Use> {
  return rule;
}

/** Any rule, as the engine handles it. */
export type AnyRule = Omit<Rule, "check" | "fix"> & {
  check(facts: Facts, stack: Stack): readonly FindingDraft[];
  fix?(finding: FindingDraft, facts: Facts, stack: Stack): Fix | undefined;
};
