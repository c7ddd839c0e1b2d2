// Lines of a segment with their place, within limits that hostile input cannot exceed.
import type { Segment } from "../model/evidence.ts";
import type { Place } from "../model/place.ts";
import type { Emit } from "./parser.ts";

const maxLines = 200_000;
const maxLineLength = 16_384;

export interface Line {
  readonly text: string;
  /** 0-based position in the segment. */
  readonly index: number;
}

/** All lines, each cut at 16 KiB. A very long segment ends after 200,000 lines. */
export function linesOf(segment: Segment, limit = maxLines): Line[] {
  const lines: Line[] = [];
  let start = 0;
  const { text } = segment;
  while (start <= text.length && lines.length < limit) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline;
    lines.push({ text: cutLine(text, start, end), index: lines.length });
    if (newline === -1) break;
    start = newline + 1;
  }
  return lines;
}

function cutLine(text: string, start: number, end: number): string {
  const line = text.slice(start, Math.min(end, start + maxLineLength));
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** The first few lines that are not blank, for `recognise`. */
export function headOf(segment: Segment, count = 12): string[] {
  const known = heads.get(segment) ?? readHead(segment);
  heads.set(segment, known);
  return known.slice(0, count);
}

/** Dozens of parsers ask for the head of every segment. */
const heads = new WeakMap<Segment, readonly string[]>();

function readHead(segment: Segment): readonly string[] {
  return segment.text
    .slice(0, maxLineLength)
    .split("\n", 400)
    .map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line))
    .filter((line) => line.trim() !== "");
}

export function placeOf(segment: Segment, index: number): Place {
  return { source: segment.source, line: segment.startLine + index };
}

/** Where the command itself stands: on its prompt line, if it was typed there. */
export function commandPlaceOf(segment: Segment): Place {
  return { source: segment.source, line: segment.commandAt ?? segment.startLine };
}

export function hostOf(segment: Segment): string | undefined {
  return segment.host ?? segment.hints?.host;
}

/** A line the parser could not turn into a fact: text patterns may still know it. */
export function leaveAsText(segment: Segment, line: Line, emit: Emit, container?: string): void {
  const text = line.text.trim();
  if (text === "") return;
  const host = hostOf(segment);
  emit.text({
    text,
    line: segment.startLine + line.index,
    stream: "output",
    ...(host === undefined ? {} : { host }),
    ...(container === undefined ? {} : { container }),
  });
}

/**
 * Offers every line that is not blank to `take`. Lines in between that it does not know are left as text; what follows after
 * the last known line is something else (a paste without prompts) and is handed on.
 */
export function eachLine(
  segment: Segment,
  emit: Emit,
  take: (line: Line) => boolean,
  container?: string,
): void {
  const unknown: Line[] = [];
  let last = -1;
  for (const line of linesOf(segment)) {
    if (line.text.trim() === "") continue;
    if (take(line)) last = line.index;
    else unknown.push(line);
  }
  const tail = last === -1 ? undefined : unknown.find((line) => line.index > last);
  for (const line of unknown)
    if (!tail || line.index < tail.index) leaveAsText(segment, line, emit, container);
  if (tail) handOn(segment, tail.index, emit);
}

/** The rest of a segment as a segment of its own: it is not what its command printed. */
export function handOn(segment: Segment, from: number, emit: Emit): void {
  const { command: _command, commandAt: _at, ...origin } = segment;
  const text = segment.text.split("\n").slice(from).join("\n");
  emit.segment({ ...origin, startLine: segment.startLine + from, text });
}
