// Turns segments into facts: asks every parser which text is its own, runs the best one, follows embedded files.
import type { Gap, Segment } from "../model/evidence.ts";
import { type FactId, type FactSet, type FactTypes, noFacts } from "../model/facts.ts";
import { cutSegment } from "./cut.ts";
import { withLineMap } from "./line-map.ts";
import type { Emit, EmittedText, Parser } from "./parser.ts";

/** Files in files in files: a ConfigMap in a List in a Helm release. Deeper nesting is somebody's bomb. */
const deepest = 6;

/** Reads all segments. The same segments in the same order give the same facts in the same order. */
export function recogniseAll(segments: Iterable<Segment>, parsers: readonly Parser[]): FactSet {
  const facts = noFacts();
  const seen = new Set<FactId>();
  const gaps: Gap[] = [];
  const unknown = new Map<string, Segment[]>();
  const streams = new Map<string, number>();
  /** Lines that a parser has already handed on as text, so that they are not noticed a second time. */
  const told = new Set<string>();

  const read = (segment: Segment, depth: number): void => {
    for (const piece of cutSegment(segment, parsers)) {
      const isEmpty = !/\S/.test(piece.text);
      // a command that printed nothing is an answer too: nobody listens, no such container
      if (isEmpty && piece.command === undefined) continue;
      const parser = bestParser(piece, parsers);
      if (parser) runParser(piece, parser, depth);
      else if (!isEmpty) addTo(unknown, piece.source, piece);
      for (const other of noticing) if (other !== parser) notice(piece, other);
    }
  };

  const noticing = parsers.filter((parser) => parser.notices !== undefined);

  const notice = (segment: Segment, parser: Parser): void => {
    try {
      const emit = emitFrom(segment, []);
      const isNew = (line: EmittedText): boolean => !told.has(`${segment.source}:${line.line}`);
      const news: Emit = { ...emit, text: (line) => (isNew(line) ? emit.text(line) : undefined) };
      parser.notices?.(segment, withLineMap(segment, news));
    } catch {
      // what is found in passing is a bonus; its own parser has read the segment
    }
  };

  const emitFrom = (segment: Segment, children: Segment[]): Emit => {
    return {
      fact<Id extends FactId>(id: Id, value: FactTypes[Id]) {
        seen.add(id);
        (facts[id] as FactTypes[Id][]).push(value);
        if (id === "text.lines") told.add(`${value.at.source}:${value.at.line}`);
      },
      seen: (id) => void seen.add(id),
      segment: (child) => void children.push(child),
      text: (line) => {
        seen.add("text.lines");
        facts["text.lines"].push(textLine(segment, line, streams));
        told.add(`${segment.source}:${line.line}`);
      },
      gap: (gap) => void gaps.push(gap),
    };
  };

  const runParser = (segment: Segment, parser: Parser, depth: number): void => {
    const children: Segment[] = [];
    const emit = emitFrom(segment, children);
    try {
      parser.parse(segment, withLineMap(segment, emit));
    } catch (error) {
      gaps.push({
        what: segment.source,
        because: "unparseable",
        detail: `${parser.id} could not read it: ${error instanceof Error ? error.message : String(error)}`,
        at: { source: segment.source, line: segment.startLine },
      });
    }
    for (const child of children) {
      if (depth < deepest && !isSame(child, segment)) read(child, depth + 1);
      else if (/\S/.test(child.text)) addTo(unknown, child.source, child);
    }
  };

  for (const segment of segments) read(segment, 0);
  for (const pieces of unknown.values()) gaps.push(unrecognised(pieces));
  return { facts, seen, gaps };
}

/** What a parser of files must score for a whole file, so that no parser of outputs is asked about it. */
const sureOfFile = 0.9;

function bestParser(segment: Segment, parsers: readonly Parser[]): Parser | undefined {
  // Outputs saved as JSON are files as well.
  if (!segment.isWhole || /^\s*[[{]/.test(segment.text.slice(0, 1_000)))
    return surest(segment, parsers)?.parser;
  const ofFile = surest(
    segment,
    parsers.filter((parser) => parser.readsFiles),
  );
  if (ofFile && ofFile.score >= sureOfFile) return ofFile.parser;
  return surest(segment, parsers)?.parser;
}

interface Claim {
  readonly parser: Parser;
  readonly score: number;
}

function surest(segment: Segment, parsers: readonly Parser[]): Claim | undefined {
  let best: Parser | undefined;
  let bestScore = 0;
  for (const parser of parsers) {
    if (parser.most !== undefined && parser.most <= bestScore) continue;
    const score = recogniseSafely(parser, segment);
    if (score <= bestScore) continue;
    best = parser;
    bestScore = score;
    if (score >= 1) break;
  }
  return best && { parser: best, score: bestScore };
}

function recogniseSafely(parser: Parser, segment: Segment): number {
  try {
    return parser.recognise(segment);
  } catch {
    return 0;
  }
}

/** A parser that hands back its whole input as a child would be asked for ever. */
function isSame(child: Segment, parent: Segment): boolean {
  return child.source === parent.source && child.startLine === parent.startLine && child.text === parent.text;
}

function textLine(
  segment: Segment,
  line: EmittedText,
  streams: Map<string, number>,
): FactTypes["text.lines"] {
  const { line: number, host, ...rest } = line;
  const streamId = `${segment.source}:${segment.startLine}#${line.stream}`;
  const index = streams.get(streamId) ?? 0;
  streams.set(streamId, index + 1);
  const where = host ?? segment.host;
  return {
    at: { source: segment.source, line: number },
    ...rest,
    streamId,
    index,
    ...(where === undefined ? {} : { host: where }),
  };
}

/** How the detail of such a gap begins; `lint` leaves files of other programs alone. */
export const notRecognised = "not recognised as any known output or file";

function unrecognised(pieces: readonly Segment[]): Gap {
  const [first] = pieces;
  if (!first) throw new Error("a gap without pieces");
  const places = pieces.slice(0, 5).map((piece) => piece.startLine);
  const more = pieces.length > places.length ? ` and ${pieces.length - places.length} more` : "";
  return {
    what: first.source,
    because: "unparseable",
    detail: `${notRecognised}: text from line ${places.join(", ")}${more}`,
    at: { source: first.source, line: first.startLine },
  };
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
