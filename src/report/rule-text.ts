// What formats show of a rule besides its findings, and which rules belong together by what they declare.
import type { AnyRule, Effect, Via } from "../model/rule.ts";

export type RuleText = Pick<
  AnyRule,
  | "id"
  | "title"
  | "why"
  | "severity"
  | "component"
  | "layer"
  | "nature"
  | "effect"
  | "phase"
  | "needs"
  | "uses"
  | "texts"
  | "recoveredBy"
  | "explainedBy"
  | "explains"
  | "rivals"
  | "references"
  | "decideWith"
> & { readonly fix?: AnyRule["fix"] };

export const effectWords: Readonly<Record<Effect, string>> = {
  down: "cannot start, or does not keep running",
  "not-ready": "runs, but never becomes ready",
  unreachable: "works, but others cannot connect to it",
  "no-data-in": "does not get data it should collect or receive",
  "no-data-out": "cannot deliver what it has",
  "no-answer": "answers queries wrongly, slowly or not at all",
  "host-down": "everything on the machine or in the cluster suffers",
  none: "nothing else breaks because of it",
};

/** One entry of `explainedBy` in words. */
export function accountedBy(entry: { readonly effect: Effect; readonly via: Via }): string {
  if (entry.effect === "host-down") return `${viaWords[entry.via]} does not work`;
  return `${viaWords[entry.via]} ${effectWords[entry.effect]}`;
}

/** What the fault prints; patterns that show its end are not among them. */
export function faultTexts(rule: RuleText): readonly string[] {
  return (rule.texts ?? []).filter((text) => !rule.recoveredBy?.includes(text));
}

const viaWords: Readonly<Record<Via, string>> = {
  "same-component": "the same component",
  "client-of": "a component it talks to",
  selects: "the component its Service selects",
  "runs-on": "the machine it runs on",
  anything: "anything in the stack",
};

/** Rules about the platform concern whatever runs on it. */
const platforms: ReadonlySet<string> = new Set(["kubernetes", "docker", "host", "kubelet"]);

/** Symptoms a rule may account for: by name, or because they declare its effect. */
export function consequencesOf(rule: RuleText, all: readonly RuleText[]): RuleText[] {
  return all.filter((other) => other.id !== rule.id && accountsFor(rule, other));
}

/** Rules that may account for this one. */
export function causesOf(rule: RuleText, all: readonly RuleText[]): RuleText[] {
  return all.filter((other) => other.id !== rule.id && accountsFor(other, rule));
}

function accountsFor(cause: RuleText, symptom: RuleText): boolean {
  if (cause.nature === "habit") return false;
  if (cause.explains?.some((entry) => entry.rule === symptom.id)) return true;
  if (cause.nature !== "cause" || symptom.nature !== "symptom") return false;
  return (symptom.explainedBy ?? []).some(
    (entry) =>
      entry.effect === cause.effect && (entry.via !== "same-component" || mayShareComponent(cause, symptom)),
  );
}

function mayShareComponent(cause: RuleText, symptom: RuleText): boolean {
  return (
    cause.component === symptom.component ||
    platforms.has(cause.component) ||
    platforms.has(symptom.component)
  );
}

/** Rules whose id, title or mechanism contain every word. */
export function filterRules<Item extends RuleText>(rules: readonly Item[], filter: string): Item[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return rules.filter((rule) => {
    const text = [rule.id, rule.title, rule.why, rule.layer, rule.severity, rule.nature, ...faultTexts(rule)]
      .join("\n")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Ids a person may have meant: those that share most with what was typed, best first. */
export function suggestRules(wanted: string, rules: readonly RuleText[], most = 3): string[] {
  const pieces = piecesOf(wanted);
  return rules
    .map((rule) => ({ id: rule.id, score: likeness(pieces, piecesOf(rule.id)) }))
    .filter(({ score }) => score > 0.3)
    .sort((one, other) => other.score - one.score || (one.id < other.id ? -1 : 1))
    .slice(0, most)
    .map(({ id }) => id);
}

/** Pairs of neighbouring letters: cheap, and forgiving about order and typing mistakes. */
function piecesOf(text: string): Set<string> {
  const letters = text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .slice(0, 200);
  return new Set(
    Array.from({ length: Math.max(0, letters.length - 1) }, (_, index) => letters.slice(index, index + 2)),
  );
}

function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const shared = [...one].filter((piece) => other.has(piece)).length;
  return one.size + other.size === 0 ? 0 : (2 * shared) / (one.size + other.size);
}
