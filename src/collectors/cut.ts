// Cuts a segment that holds several outputs one after the other, as in a paste without prompts.
import type { Segment } from "../model/evidence.ts";
import type { Parser } from "./parser.ts";

/** Nobody pastes that much by hand; a file beyond it is one log or one document. */
const longestPaste = 8_000_000;
/** No header or first line of an output is longer. */
const longestStart = 1_000;

/** The pieces of a segment, in order, each with its own first line. Structured documents stay whole. */
export function cutSegment(segment: Segment, parsers: readonly Parser[]): readonly Segment[] {
  const { text } = segment;
  // A file is one file, also inside a ConfigMap, whatever its lines look like.
  if (segment.isWhole || segment.embeddedIn || text.length > longestPaste || isDocument(text))
    return [segment];
  const asked = parsers.filter((parser) => parser.startsAt !== undefined);
  if (asked.length === 0) return [segment];
  const lines = text.split("\n");
  const cuts: number[] = [];
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (line === "" || line.length > longestStart || isWithinLog(line, lines[i - 1] ?? "")) continue;
    if (asked.some((parser) => startsSafely(parser, line, lines[i + 1]))) cuts.push(i);
  }
  if (cuts.length === 0) return [segment];
  return [0, ...cuts].map((from, i) => ({
    ...segment,
    startLine: segment.lineMap?.[from] ?? segment.startLine + from,
    ...(segment.lineMap ? { lineMap: segment.lineMap.slice(from, cuts[i]) } : {}),
    text: lines.slice(from, cuts[i]).join("\n"),
  }));
}

const logLine = /^(?:(?:ts|time|t|level|lvl|caller|logger)=\S|[IWEF]\d{4} \d\d:\d\d:\d\d)/;

/** A log goes on: nothing else starts between two of its lines, and most lines of an incident are such lines. */
function isWithinLog(line: string, before: string): boolean {
  return logLine.test(line) && logLine.test(before);
}

/** JSON, or YAML that says so in its first lines: lines inside it are values, not outputs. */
function isDocument(text: string): boolean {
  const head = text.slice(0, 4_000).trimStart();
  if (/^[[{]/.test(head) && /[\]}]\s*$/.test(text.slice(-200))) return true;
  return /^(?:(?:#|---)[^\n]*\n|[ \t]*\n)*[A-Za-z][\w.-]*:(?:\s|$)/.test(head) && /^apiVersion:/m.test(head);
}

function startsSafely(parser: Parser, line: string, next: string | undefined): boolean {
  try {
    return parser.startsAt?.(line, next) ?? false;
  } catch {
    return false;
  }
}
