// Reads bytes of any amount with a flat memory: finds the lines worth reading, folds repetitions, hands over the rest.
import { Buffer } from "node:buffer";
import type { TextCollector } from "./collector.ts";
import { findHits, largestBuffer, lineEnd } from "./find-hits.ts";
import { foldKey } from "./fold.ts";
import type { Kind } from "./kinds.ts";
import type { TextSet } from "./texts.ts";

/** What stands further right in a line is not looked at. */
export const longestLine = 32_768;
/** Lines at both ends that are looked at for context. */
const edgeBytes = 16_384;
const edgeLines = 64;
/** Forget known but unwanted messages beyond this many. */
const mostKinds = 50_000;
const newline = 10;

/** A message as the scanner sees it: where its newest line stands in the present buffer, if it does. */
interface Entry {
  readonly kind: Kind;
  from: number;
  to: number;
}

export class LineScanner {
  readonly #collector: TextCollector;
  readonly #texts: TextSet;
  readonly #entries = new Map<number, Entry>();
  #mostKinds = mostKinds;
  /** Messages seen again in the present buffer: their newest line is decoded once per buffer. */
  readonly #repeated: Entry[] = [];
  /** Kept messages among the first lines, and the latest ones in a ring. */
  readonly #firstHits = new Map<number, Kind>();
  readonly #latestLines = new Float64Array(edgeLines);
  readonly #latestKinds: Kind[] = [];
  #latest = 0;
  #buffer: Buffer | undefined;
  #filled = 0;
  #dropping = false;
  /** Number of complete lines so far. */
  #line = 0;
  #head: Buffer | undefined;
  #tail: Buffer = Buffer.alloc(0);
  #total = 0;

  constructor(collector: TextCollector, texts: TextSet) {
    this.#collector = collector;
    this.#texts = texts;
  }

  /** How the bytes are cut into chunks makes no difference. */
  push(chunk: Uint8Array): void {
    this.#buffer ??= Buffer.allocUnsafe(largestBuffer);
    let at = 0;
    while (at < chunk.length) {
      if (this.#dropping) {
        const end = chunk.indexOf(newline, at);
        if (end < 0) return;
        at = end;
        this.#dropping = false;
      }
      const take = Math.min(largestBuffer - this.#filled, chunk.length - at);
      this.#buffer.set(chunk.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled === largestBuffer) this.#drain(this.#buffer);
    }
  }

  /** The whole source at once. */
  whole(bytes: Buffer): void {
    if (bytes.length > largestBuffer) this.push(bytes);
    else this.#scan(bytes, bytes.length);
  }

  /** Hands over what is left. To be called once, at the end of the source. */
  end(): void {
    if (this.#buffer && this.#filled > 0) this.#scan(this.#buffer, this.#filled);
    this.#filled = 0;
    this.#edges();
  }

  #drain(buffer: Buffer): void {
    const end = buffer.lastIndexOf(newline, this.#filled - 1) + 1;
    if (end === 0) {
      // One line fills everything: its beginning is enough.
      this.#filled = longestLine;
      this.#dropping = true;
      return;
    }
    this.#scan(buffer, end);
    buffer.copyWithin(0, end, this.#filled);
    this.#filled -= end;
  }

  #scan(buffer: Buffer, end: number): void {
    let counted = 0;
    for (const at of findHits(this.#texts.triggers, buffer, end)) {
      const from = at === 0 ? 0 : buffer.lastIndexOf(newline, at - 1) + 1;
      const to = lineEnd(buffer, at, end);
      this.#line += countLines(buffer, counted, from);
      if (at - from < longestLine) this.#hit(buffer, from, Math.min(to, from + longestLine));
      if (to < end) this.#line += 1;
      counted = to + 1;
    }
    this.#line += countLines(buffer, counted, end);
    this.#remember(buffer, end);
  }

  #hit(buffer: Buffer, from: number, to: number): void {
    const key = foldKey(buffer, from, to, this.#texts.digits, this.#collector.seed);
    const known = this.#entries.get(key);
    if (known) this.#repeat(known, from, to);
    const kind = known?.kind ?? this.#collector.add(decode(buffer, from, to), this.#line);
    if (!kind) return;
    if (!known) this.#learn(key, kind);
    if (kind.kept) this.#noteHit(kind);
  }

  #repeat(entry: Entry, from: number, to: number): void {
    entry.kind.count += 1;
    entry.kind.last = this.#line;
    if (!entry.kind.wanted) return;
    if (entry.to === 0) this.#repeated.push(entry);
    entry.from = from;
    entry.to = to;
  }

  #learn(key: number, kind: Kind): void {
    if (this.#entries.size >= this.#mostKinds) this.#forget();
    this.#entries.set(key, { kind, from: 0, to: 0 });
  }

  #noteHit(kind: Kind): void {
    if (this.#line < edgeLines) this.#firstHits.set(this.#line, kind);
    this.#latestLines[this.#latest] = this.#line;
    this.#latestKinds[this.#latest] = kind;
    this.#latest = (this.#latest + 1) % edgeLines;
  }

  #forget(): void {
    for (const [key, { kind }] of this.#entries) if (!kind.wanted || kind.isFull) this.#entries.delete(key);
    this.#mostKinds = Math.max(mostKinds, 2 * this.#entries.size);
  }

  #remember(buffer: Buffer, end: number): void {
    for (const entry of this.#repeated.splice(0)) {
      entry.kind.lastRaw = decode(buffer, entry.from, entry.to);
      entry.to = 0;
    }
    this.#head ??= Buffer.from(buffer.subarray(0, Math.min(end, edgeBytes)));
    const tail = buffer.subarray(Math.max(0, end - edgeBytes), end);
    this.#tail = Buffer.from(Buffer.concat([this.#tail, tail]).subarray(-edgeBytes));
    this.#total += end;
  }

  #edges(): void {
    const hits = new Map(this.#firstHits);
    this.#latestKinds.forEach((kind, i) => {
      hits.set(this.#latestLines[i] as number, kind);
    });
    const head = this.#head?.toString("utf8").split("\n") ?? [];
    const whole = this.#total <= edgeBytes;
    if (!whole) head.pop();
    head.slice(0, edgeLines).forEach((raw, i) => {
      this.#collector.addEdge(raw.slice(0, longestLine), i, hits.get(i));
    });
    const tail = this.#tail.toString("utf8").replace(/\n$/, "").split("\n");
    const lines = this.#line + (this.#tail.at(-1) === newline ? 0 : 1);
    const first = lines - tail.length;
    tail.forEach((raw, i) => {
      const isCut = i === 0 && this.#total > this.#tail.length;
      if (isCut || first + i < Math.min(edgeLines, head.length) || i < tail.length - edgeLines) return;
      this.#collector.addEdge(raw.slice(0, longestLine), first + i, hits.get(first + i));
    });
  }
}

function countLines(buffer: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; count += 1) {
    const found = buffer.indexOf(newline, at);
    if (found < 0 || found >= to) break;
    at = found + 1;
  }
  return count;
}

/** Without half a character where a long line is cut. */
function decode(buffer: Buffer, from: number, to: number): string {
  let end = to;
  if (to - from >= longestLine) while (end > from && ((buffer[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return buffer.toString("utf8", from, end);
}
