// Rules of the form "this text, and these conditions": most of the catalogue, written as data.
import type { ComponentKind } from "../model/component.ts";
import type { FactId, Facts } from "../model/facts.ts";
import type { Certainty, FindingDraft, ProofDraft, Rival, Severity, Subject } from "../model/finding.ts";
import type { Pod } from "../model/kubernetes.ts";
import {
  type CompiledPattern,
  compilePattern,
  matchPattern,
  plainForm,
  type TextPattern,
} from "../model/pattern.ts";
import type { Rule, StartPhase } from "../model/rule.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { StreamKind, TextLine } from "../model/text.ts";
import { componentOfLine } from "../stack/find.ts";

/** All lines of one component (or of one unnamed source) that match one of the rule's patterns. */
export interface TextHit {
  /** The newest matching line; proof of the finding. */
  readonly line: TextLine;
  readonly lines: readonly TextLine[];
  /** The named holes of the pattern that matched `line`. */
  readonly captures: Readonly<Record<string, string>>;
  readonly component: Component | undefined;
}

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

/** One hit per namespace or host: its lines are those of every process of the system and of its clients. */
function unite(
  hits: readonly TextHit[],
  kind: ComponentKind,
  stack: Stack,
  patterns: readonly CompiledPattern[],
): TextHit[] {
  const members = stack.components.filter((component) => component.kind === kind);
  const groups = new Map<string, { component: Component | undefined; lines: TextLine[] }>();
  const own = hits.filter((hit) => hit.component?.kind === kind);
  const scopes = new Set(own.map((hit) => scopeOf(hit.component)));
  for (const hit of [...own, ...hits.filter((other) => other.component?.kind !== kind)]) {
    const isOwn = hit.component?.kind === kind;
    const near = members.filter((member) => scopeOf(member) === scopeOf(hit.component));
    const stands = isOwn ? hit.component : (near[0] ?? members[0]);
    const scope =
      isOwn || scopes.has(scopeOf(stands)) ? scopeOf(stands) : ([...scopes][0] ?? scopeOf(stands));
    const group = groups.get(scope);
    if (group) for (const line of hit.lines) group.lines.push(line);
    else groups.set(scope, { component: stands, lines: [...hit.lines] });
  }
  return [...groups.values()].flatMap(({ component, lines }) => {
    const line = newest(lines);
    return line ? [{ line, lines, captures: capture(patterns, line), component }] : [];
  });
}

function scopeOf(component: Component | undefined): string {
  return component?.namespace ?? component?.host ?? "";
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

/** Does the line match one of the patterns? */
export function matches(patterns: readonly CompiledPattern[], line: TextLine): boolean {
  if (isHistory(line)) return false;
  const plain = plainOf(line);
  return patterns.some((pattern) => matchPattern(pattern, line.text, plain) !== null);
}

const over =
  /\b(?:solved|fixed (?:it|that|by)|was fixed|resolved|back then|used to be|last (?:year|month|winter|spring|summer|autumn)|worked since|works since|worked ever since|in the past)\b/i;
const lasting =
  /\b(?:still|again|now|not (?:solved|fixed|resolved)|isn't|never|but|until|since (?:then|today|yesterday) (?:it|we|the) (?:fail|do))\b/i;

/** A sentence that tells of a fault that is over. What people write about today counts as much as a log. */
export function isHistory({ stream, text }: TextLine): boolean {
  return stream === "note" && text.length < 2_000 && over.test(text) && !lasting.test(text);
}

/** Every text rule looks at every line, so its plain form is kept. */
const plainForms = new WeakMap<TextLine, string>();

function plainOf(line: TextLine): string {
  const known = plainForms.get(line);
  if (known !== undefined) return known;
  const plain = plainForm(line.text);
  plainForms.set(line, plain);
  return plain;
}

/** The first pattern's named holes for this line. */
export function capture(
  patterns: readonly CompiledPattern[],
  line: TextLine,
): Readonly<Record<string, string>> {
  const plain = plainOf(line);
  for (const pattern of patterns) {
    const match = matchPattern(pattern, line.text, plain);
    if (match) return { ...match.groups };
  }
  return {};
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

function groupByComponent(
  lines: readonly TextLine[],
  stack: Stack,
  patterns: readonly CompiledPattern[],
  kind: ComponentKind,
): TextHit[] {
  const groups = new Map<string, { component: Component | undefined; lines: TextLine[] }>();
  for (const line of lines) {
    const component = componentOfLine(stack, line) ?? onlyOfKind(stack, line, kind);
    const key = component?.id ?? "";
    const group = groups.get(key);
    if (group) group.lines.push(line);
    else groups.set(key, { component, lines: [line] });
  }
  return [...groups.values()].flatMap((group) => {
    const line = newest(group.lines);
    return line
      ? [{ line, lines: group.lines, captures: capture(patterns, line), component: group.component }]
      : [];
  });
}

function newest(lines: readonly TextLine[]): TextLine | undefined {
  return lines.reduce<TextLine | undefined>(
    (best, line) => (best && (best.timeMs ?? 0) > (line.timeMs ?? 0) ? best : line),
    undefined,
  );
}

function total(lines: readonly TextLine[]): number {
  return lines.reduce((sum, line) => sum + (line.count ?? 1), 0);
}

/** What must be over before a container can run at all. */
const beforeStart: ReadonlySet<string | undefined> = new Set<StartPhase>([
  "schedule",
  "volume",
  "image",
  "init",
]);

/** What events say kept a pod from starting is over when it has started, or is Ready: events stay for an hour. */
function isOver({ lines }: TextHit, phase: StartPhase | undefined, stack: Stack): boolean {
  if (lines.some(({ stream, pod }) => stream !== "event" || pod === undefined)) return false;
  const fine = (pod: Pod): boolean => pod.ready === true || (beforeStart.has(phase) && hasStarted(pod));
  const pods = stack.components.flatMap((component) =>
    component.pods.filter(({ origin }) => origin === "live"),
  );
  return lines.every((line) =>
    pods.some(
      (pod) => pod.name === line.pod && (pod.namespace ?? "") === (line.namespace ?? "") && fine(pod),
    ),
  );
}

function hasStarted({ spec }: Pod): boolean {
  return (spec?.containers ?? []).some(
    ({ init, state }) => !init && (state?.state === "running" || state?.state === "terminated"),
  );
}

/** The last hit of every stream was followed by a line that shows success. */
function hasRecovered(
  hit: TextHit,
  all: readonly TextLine[],
  recovered: readonly CompiledPattern[],
): boolean {
  if (recovered.length === 0) return false;
  const streams = new Set(hit.lines.map((line) => line.streamId));
  return [...streams].every((stream) => {
    const last = hit.lines.reduce(
      (latest, line) => (line.streamId === stream ? Math.max(latest, line.index) : latest),
      Number.NEGATIVE_INFINITY,
    );
    return all.some((line) => line.streamId === stream && line.index > last && matches(recovered, line));
  });
}

/** A line nobody has signed belongs to the one component this rule is about, when there is just one. */
function onlyOfKind(stack: Stack, line: TextLine, kind: ComponentKind): Component | undefined {
  if (line.component !== undefined) return undefined;
  const ofKind = stack.components.filter((component) => component.kind === kind);
  return ofKind.length === 1 ? ofKind[0] : undefined;
}
