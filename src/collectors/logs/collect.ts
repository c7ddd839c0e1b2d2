// Text in, facts out: the same scan for a segment in memory and for a file of any size that is read in chunks.
import { Buffer } from "node:buffer";
import type { Gap, Segment } from "../../model/evidence.ts";
import { type FactId, type FactSet, type FactTypes, noFacts } from "../../model/facts.ts";
import type { TextPattern } from "../../model/pattern.ts";
import type { Emit } from "../parser.ts";
import { TextCollector } from "./collector.ts";
import type { TextOrigin } from "./origin.ts";
import { LineScanner } from "./scan.ts";
import { type Shape, shapeOf, shapeOfSegment } from "./shape.ts";
import { snippetLines } from "./snippets.ts";
import { type TextSet, textSet } from "./texts.ts";

/** Enough to tell a log from a configuration file. */
const headBytes = 65_536;

/** Longer "prose" is some output that was not recognised. */
const mostProseLines = 300;

/** Emits the lines of a segment that matter, and the failed dials they tell of. */
export function collectText(segment: Segment, texts: TextSet, emit: Emit): void {
  const { text, ...origin } = segment;
  const shape = shapeOfSegment(segment);
  const skipped = shape === "note" || shape === "log" ? snippetLines(text) : new Set<number>();
  const collector = new TextCollector(origin, texts, shape, skipped);
  const lines = shape === "note" ? text.split("\n") : [];
  if (lines.length > 0 && lines.length <= mostProseLines && text.length < headBytes) {
    // What people write is short and all of it may matter; no pattern has to stand in a line for it to be kept.
    lines.forEach((line, i) => {
      if (/\S/.test(line)) collector.add(line, i);
    });
  } else {
    const scanner = new LineScanner(collector, texts);
    scanner.whole(Buffer.from(text));
    scanner.end();
  }
  collector.end(emit);
}

/**
 * The same for bytes that come in chunks, in constant memory. Gives back what kind of text it was: code, configuration and
 * markup are not read to the end, their lines are no messages.
 */
export async function collectStream(
  origin: TextOrigin,
  chunks: AsyncIterable<Uint8Array>,
  texts: TextSet,
  emit: Emit,
): Promise<Shape> {
  const head: Uint8Array[] = [];
  let held = 0;
  let scan: { readonly collector: TextCollector; readonly scanner: LineScanner } | undefined;
  let shape: Shape = "log";
  const start = (): void => {
    shape = shapeOf(Buffer.concat(head).toString("utf8"));
    const collector = new TextCollector(origin, texts, shape, new Set());
    scan = { collector, scanner: new LineScanner(collector, texts) };
    for (const chunk of head) scan.scanner.push(chunk);
  };
  for await (const chunk of asUtf8(chunks)) {
    if (scan) {
      scan.scanner.push(chunk);
      continue;
    }
    head.push(chunk);
    held += chunk.length;
    if (held < headBytes) continue;
    start();
    if (isNoLog(shape)) return shape;
  }
  if (!scan && shapeOf(Buffer.concat(head).toString("utf8")) === "note") {
    collectText({ ...origin, text: Buffer.concat(head).toString("utf8") }, texts, emit);
    return "note";
  }
  if (!scan) start();
  if (isNoLog(shape)) return shape;
  scan?.scanner.end();
  scan?.collector.end(emit);
  return shape;
}

/** A file that is too large to be held, as facts. Only logs are read that way; anything else becomes a gap. */
export async function readLogStream(
  origin: TextOrigin,
  chunks: AsyncIterable<Uint8Array>,
  patterns: readonly TextPattern[],
): Promise<FactSet> {
  const facts = noFacts();
  const seen = new Set<FactId>();
  const gaps: Gap[] = [];
  const emit: Emit = {
    fact<Id extends FactId>(id: Id, value: FactTypes[Id]) {
      seen.add(id);
      (facts[id] as FactTypes[Id][]).push(value);
    },
    seen: (id) => void seen.add(id),
    gap: (gap) => void gaps.push(gap),
    segment: () => undefined,
    text: () => undefined,
  };
  const shape = await collectStream(origin, chunks, textSet(patterns), emit);
  if (isNoLog(shape)) {
    gaps.push({
      what: origin.source,
      because: "too-large",
      detail: `it looks like ${shape}, which has to be held whole to be read`,
      at: { source: origin.source, line: origin.startLine },
    });
  }
  return { facts, seen, gaps };
}

function isNoLog(shape: Shape): boolean {
  return shape === "code" || shape === "config" || shape === "markup";
}

/** PowerShell's `>` writes UTF-16. */
async function* asUtf8(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    if (isFirst && chunk.length > 1) {
      if (chunk[0] === 0xff && chunk[1] === 0xfe) decoder = new TextDecoder("utf-16le");
      if (chunk[0] === 0xfe && chunk[1] === 0xff) decoder = new TextDecoder("utf-16be");
    }
    isFirst = false;
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
  }
}
