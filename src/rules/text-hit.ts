// Lines that say the same about one component, or about all that share a namespace or host, are one hit.
import type { ComponentKind } from "../model/component.ts";
import type { CompiledPattern } from "../model/pattern.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { TextLine } from "../model/text.ts";
import { componentOfLine } from "../stack/find.ts";
import { capture } from "./line-match.ts";

/** All lines of one component (or of one unnamed source) that match one of the rule's patterns. */
export interface TextHit {
  /** The newest matching line; proof of the finding. */
  readonly line: TextLine;
  readonly lines: readonly TextLine[];
  /** The named holes of the pattern that matched `line`. */
  readonly captures: Readonly<Record<string, string>>;
  readonly component: Component | undefined;
}

/** One hit per namespace or host: its lines are those of every process of the system and of its clients. */
export function unite(
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

export function groupByComponent(
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

/** A line nobody has signed belongs to the one component this rule is about, when there is just one. */
function onlyOfKind(stack: Stack, line: TextLine, kind: ComponentKind): Component | undefined {
  if (line.component !== undefined) return undefined;
  const ofKind = stack.components.filter((component) => component.kind === kind);
  return ofKind.length === 1 ? ofKind[0] : undefined;
}
