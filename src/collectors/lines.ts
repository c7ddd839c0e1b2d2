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
  const head = linesOf({ ...segment, text: segment.text.slice(0, 16_384) }, 400);
  return head
    .map((line) => line.text)
    .filter((line) => line.trim() !== "")
    .slice(0, count);
}

export function placeOf(segment: Segment, index: number): Place {
  return { source: segment.source, line: segment.startLine + index };
}

/** Where the command itself stands: on its prompt line, if it was typed there. */
export function commandPlaceOf(segment: Segment): Place {
  const { commandAt } = segment as Segment & { readonly commandAt?: number };
  const line = commandAt ?? segment.startLine;
  return { source: segment.source, line };
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
