// Rules of the form "this text, and these conditions": most of the catalogue, written as data.
import type { ComponentKind } from "../model/component.ts";
import type { FactId, Facts } from "../model/facts.ts";
import type { Certainty, FindingDraft, ProofDraft, Rival, Severity, Subject } from "../model/finding.ts";
import { compilePattern, type TextPattern } from "../model/pattern.ts";
import type { Rule } from "../model/rule.ts";
import type { Stack } from "../model/stack.ts";
import type { StreamKind, TextLine } from "../model/text.ts";
import { matches } from "./line-match.ts";
import { groupByComponent, type TextHit, unite } from "./text-hit.ts";
import { hasRecovered, isOver } from "./text-recovery.ts";

/** Answer to "what must also hold". Leaving `holds` out says that the evidence cannot tell. */
export interface Confirmation {
  readonly holds?: boolean;
  readonly proof?: readonly ProofDraft[];
  /** Replaces the rule's `says` when the condition adds concrete facts. */
  readonly says?: string;
  readonly rivals?: readonly Rival[];
  readonly certainty?: Certainty;
  /** Instead of the rule's own, for this case. */
  readonly severity?: Severity;
  readonly concerns?: readonly string[];
}

export interface TextRuleOptions<Need extends FactId, Use extends FactId>
  extends Omit<Rule<Need, Use>, "check" | "needs" | "texts"> {
  readonly texts: readonly TextPattern[];
  /** Lines that match one of these are not hits, even if they match `texts`. */
  readonly except?: readonly TextPattern[];
  readonly needs?: readonly Need[];
  /** Kinds of components whose lines count. Default: the rule's component. Lines of unknown origin always count. */
  readonly from?: readonly ComponentKind[] | "any";
  readonly streams?: readonly StreamKind[];
  /** A later line of the same stream that shows that the fault is over: no finding. */
  readonly recoveredBy?: readonly TextPattern[];
  /** Texts of other lines that `confirm` looks for: the scanner keeps them, they are no hits. */
  readonly looksFor?: readonly TextPattern[];
  /** How many matching lines (counts included) there must be. Default 1. */
  readonly atLeast?: number;
  /** What must also hold. Without it the text alone is proof. */
  readonly confirm?: (
    hit: TextHit,
    facts: Pick<Facts, Need | Use | "text.lines">,
    stack: Stack,
  ) => Confirmation;
  /** Certainty when `confirm` cannot tell. "silent" for texts that mean nothing without it. Default "likely". */
  readonly unconfirmed?: "likely" | "possible" | "silent";
  readonly says: (hit: TextHit) => string;
  readonly subject?: (hit: TextHit) => Subject;
  /**
   * The fault is the whole system's, not of the process whose log names it: hits of its processes and of clients that quote
   * its answer make one finding, on the component of this kind.
   */
  readonly about?: ComponentKind;
  /** Findings that files alone prove, for components without a hit. With it the rule needs text or configuration, not text. */
  readonly fromFiles?: (
    facts: Pick<Facts, Need | Use | "text.lines">,
    stack: Stack,
  ) => readonly FindingDraft[];
  /** Facts that are enough for `fromFiles` where there is neither text nor configuration: a table of pods. */
  readonly suffices?: readonly Use[];
}

/** Builds a rule from a text and its conditions. One finding per component. */
export function textRule<const Need extends FactId = never, const Use extends FactId = never>(
  options: TextRuleOptions<Need, Use>,
): Rule<Need | "text.lines", Use> {
  const patterns = options.texts.map(compilePattern);
  const except = (options.except ?? []).map(compilePattern);
  const recovered = (options.recoveredBy ?? []).map(compilePattern);
  const {
    confirm,
    says,
    unconfirmed,
    from,
    streams,
    atLeast,
    except: _except,
    looksFor,
    suffices: _suffices,
    subject,
    about,
    fromFiles,
    ...meta
  } = options;
  return {
    ...meta,
    ...needsOf(options),
    texts: [...options.texts, ...(options.recoveredBy ?? []), ...(looksFor ?? [])],
    check(facts, stack) {
      const lines = facts["text.lines"].filter(
        (line) => isFrom(line, options) && isAnyOf(line.stream, streams),
      );
      const matching = lines.filter((line) => matches(patterns, line) && !matches(except, line));
      const groups = groupByComponent(matching, stack, patterns, options.component);
      const hits = about ? unite(groups, about, stack, patterns) : groups;
      const findings: FindingDraft[] = [];
      // A text that says nothing by itself leaves its component to what the files prove.
      const told = new Set<string>();
      for (const hit of hits) {
        if (total(hit.lines) < (atLeast ?? 1)) continue;
        if (hasRecovered(hit, facts["text.lines"], recovered)) continue;
        if (options.effect === "down" && isOver(hit, options.phase, stack)) continue;
        const answer = confirm?.(hit, facts, stack) ?? { holds: true };
        if (answer.holds === false) {
          told.add(hit.component?.id ?? options.component);
          continue;
        }
        if (answer.holds === undefined && unconfirmed === "silent") continue;
        told.add(hit.component?.id ?? options.component);
        findings.push(draft(options, hit, answer));
      }
      const silent = (fromFiles?.(facts, stack) ?? []).filter(
        (entry) => !told.has(entry.component ?? entry.subject.id),
      );
      return [...findings, ...silent];
    },
  };
}

/** Without text there is still something to judge when files can prove the fault. */
function needsOf<Need extends FactId, Use extends FactId>(
  options: TextRuleOptions<Need, Use>,
): Pick<Rule<Need | "text.lines", Use>, "needs" | "needsAny"> {
  const needs = options.needs ?? [];
  if (!options.fromFiles) return { needs: [...needs, "text.lines"] };
  const enough: readonly FactId[] = ["text.lines", "config.documents", ...(options.suffices ?? [])];
  return { needs, needsAny: enough as readonly Use[] };
}

function draft<Need extends FactId, Use extends FactId>(
  options: TextRuleOptions<Need, Use>,
  hit: TextHit,
  answer: Confirmation,
): FindingDraft {
  const fallback: Certainty = answer.holds
    ? "proven"
    : options.unconfirmed === "possible"
      ? "possible"
      : "likely";
  const subject = options.subject?.(hit) ?? { kind: "component", id: hit.component?.id ?? options.component };
  return {
    subject,
    ...(hit.component ? { component: hit.component.id } : {}),
    says: answer.says ?? options.says(hit),
    proof: [{ ...hit.line.at, excerpt: hit.line.text }, ...(answer.proof ?? [])],
    certainty: answer.certainty ?? fallback,
    ...(answer.severity ? { severity: answer.severity } : {}),
    ...(answer.rivals ? { rivals: answer.rivals } : {}),
    ...(answer.concerns ? { concerns: answer.concerns } : {}),
    ...(options.decideWith && !answer.holds ? { decideWith: options.decideWith } : {}),
    ...(hit.line.timeMs === undefined ? {} : { timeMs: hit.line.timeMs }),
  };
}

function isFrom(
  line: TextLine,
  options: { from?: readonly ComponentKind[] | "any"; component: ComponentKind },
): boolean {
  if (options.from === "any" || line.component === undefined) return true;
  return (options.from ?? [options.component]).includes(line.component);
}

function isAnyOf<T>(value: T, allowed: readonly T[] | undefined): boolean {
  return allowed === undefined || allowed.includes(value);
}

function total(lines: readonly TextLine[]): number {
  return lines.reduce((sum, line) => sum + (line.count ?? 1), 0);
}
