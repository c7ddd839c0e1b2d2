// How the author of a document writes: quotes, indentation, spaces. New text follows these habits.
import { lineStart } from "./patch.ts";
import type { Quotes } from "./scalar.ts";
import { childrenOf, type Mapping, type Node, type Sequence } from "./tree.ts";

export interface Style {
  /** Quotes used where a string needs some. */
  readonly quotes: Quotes;
  /** Columns one level of a block mapping is indented by. */
  readonly step: number;
  /** Columns a block sequence is indented below its key: 0 or `step`. */
  readonly dashStep: number;
  /** Blanks between a dash and its value. */
  readonly dashGap: string;
  /** Every string and key in double quotes. */
  readonly json: boolean;
  /** White space of one level in flow collections that span lines. */
  readonly flowUnit: string;
  /** What stands between a colon and its value in flow collections. */
  readonly colonGap: string;
}

export function readStyle(text: string, root: Node, json: boolean): Style {
  const seen: Seen = { single: 0, double: 0, steps: new Map() };
  look(text, root, undefined, seen);
  const step = usual(seen.steps) ?? (seen.dashStep ? seen.dashStep : 2);
  return {
    quotes: seen.single > seen.double ? "single" : "double",
    step,
    dashStep: seen.dashStep ?? step,
    dashGap: seen.dashGap ?? " ",
    json,
    flowUnit: seen.flowUnit ?? " ".repeat(step),
    colonGap: seen.colonGap ?? " ",
  };
}

interface Seen {
  single: number;
  double: number;
  /** How often each width of indentation occurs. */
  readonly steps: Map<number, number>;
  dashStep?: number;
  dashGap?: string;
  flowUnit?: string;
  colonGap?: string;
}

function look(text: string, node: Node, parent: Mapping | Sequence | undefined, seen: Seen): void {
  if (node.kind === "scalar" && node.style === "single") seen.single++;
  if (node.kind === "scalar" && node.style === "double") seen.double++;
  if (node.kind === "mapping") lookAtMapping(text, node, parent, seen);
  if (node.kind === "sequence") lookAtSequence(text, node, parent, seen);
  for (const child of childrenOf(node)) {
    look(text, child, node.kind === "mapping" || node.kind === "sequence" ? node : undefined, seen);
  }
}

function count(steps: Map<number, number>, step: number): void {
  steps.set(step, (steps.get(step) ?? 0) + 1);
}

/** The most frequent width; of several the narrowest. */
function usual(steps: ReadonlyMap<number, number>): number | undefined {
  return [...steps].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b)[0]?.[0];
}

function lookAtMapping(
  text: string,
  node: Mapping,
  parent: Mapping | Sequence | undefined,
  seen: Seen,
): void {
  if (!node.flow && parent?.kind === "mapping" && !parent.flow && node.column > parent.column)
    count(seen.steps, node.column - parent.column);
  if (!node.flow) return;
  const [first] = node.pairs;
  if (!first) return;
  if (first.hasColon && first.value.start >= first.valueAt && first.value.end > first.value.start) {
    const gap = text.slice(first.valueAt, first.value.start);
    if (/^[ \t]*$/.test(gap)) seen.colonGap ??= gap;
  }
  lookAtLines(text, node.start, first.start, seen);
}

function lookAtSequence(
  text: string,
  node: Sequence,
  parent: Mapping | Sequence | undefined,
  seen: Seen,
): void {
  const [first] = node.items;
  if (!first) return;
  if (node.flow) {
    lookAtLines(text, node.start, first.start, seen);
    return;
  }
  if (parent?.kind === "mapping" && !parent.flow) seen.dashStep ??= Math.max(0, node.column - parent.column);
  const gap = text.slice(first.start + 1, first.value.start);
  if (/^ +$/.test(gap)) seen.dashGap ??= gap;
}

/** The first entry of a flow collection on a line of its own shows the unit of indentation. */
function lookAtLines(text: string, open: number, entry: number, seen: Seen): void {
  if (!text.slice(open, entry).includes("\n")) return;
  const outer = /^[ \t]*/.exec(text.slice(lineStart(text, open), open))?.[0] ?? "";
  const inner = text.slice(lineStart(text, entry), entry);
  if (/^[ \t]+$/.test(inner) && inner.startsWith(outer) && inner.length > outer.length)
    seen.flowUnit ??= inner.slice(outer.length);
}
