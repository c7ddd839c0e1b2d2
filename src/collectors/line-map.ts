// Moves places onto the lines of the source for text that stands there in another shape (a string with \n escapes).
import type { Segment } from "../model/evidence.ts";
import type { Emit } from "./parser.ts";

/** An Emit for a parser that counts lines of `segment.text`; what it emits points at the right lines of the source. */
export function withLineMap(segment: Segment, emit: Emit): Emit {
  const { lineMap, startLine, source } = segment;
  if (!lineMap) return emit;
  const move = (line: number): number => {
    const i = line - startLine;
    return i < 0 ? line : (lineMap[i] ?? lineMap.at(-1) ?? startLine);
  };
  return {
    fact: (id, value) => emit.fact(id, moveAll(value, source, move)),
    seen: (id) => emit.seen(id),
    text: (line) => emit.text({ ...line, line: move(line.line) }),
    gap: (gap) => emit.gap(moveAll(gap, source, move)),
    segment: (child) => emit.segment(child.source === source ? moveSegment(child, move) : child),
  };
}

function moveSegment(child: Segment, move: (line: number) => number): Segment {
  const count = countLines(child.text);
  const lineMap = Array.from({ length: count }, (_, i) => move(child.lineMap?.[i] ?? child.startLine + i));
  return { ...child, startLine: move(child.startLine), lineMap };
}

function countLines(text: string): number {
  let count = 1;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

/** Places are objects with `source` and `line`; `lines` are maps of pointers to lines. `value` is the document's own data. */
function moveAll<T>(value: T, source: string, move: (line: number) => number): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => moveAll(item, source, move)) as T;
  const isPlace = "source" in value && value.source === source;
  const moved: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === "value") moved[key] = item;
    else if (key === "line" && isPlace && typeof item === "number") moved[key] = move(item);
    else if (key === "lines") moved[key] = moveLines(item, move);
    else moved[key] = moveAll(item, source, move);
  }
  return moved as T;
}

function moveLines(lines: unknown, move: (line: number) => number): unknown {
  if (typeof lines !== "object" || lines === null || Array.isArray(lines)) return lines;
  return Object.fromEntries(
    Object.entries(lines).map(([pointer, line]) => [pointer, typeof line === "number" ? move(line) : line]),
  );
}
