// Reads one YAML document into plain data with a line for every key. It accepts and refuses what Go's YAML library (a port
// of libyaml) does and says so in the same words, because those are the words in the component's log and on the web.
import { DocumentFault, maxDepth } from "./document-fault.ts";
import { setKey } from "./json-reader.ts";
import { type LineLog, rootEntry } from "./line-log.ts";
import { readAlias } from "./yaml-alias.ts";
import {
  addEntry,
  atLineStart,
  type Cursor,
  column,
  isBlankAt,
  newCursor,
  skipToContent,
} from "./yaml-cursor.ts";
import { readFlow } from "./yaml-flow.ts";
import { type Merge, mergeInto } from "./yaml-merge.ts";
import { resolvePlain } from "./yaml-plain.ts";
import { readBlockScalar, readPlain, readQuoted } from "./yaml-scalar.ts";

export interface YamlResult {
  readonly value: unknown;
  readonly log: LineLog;
  readonly duplicates: readonly number[];
}

/** Reads a text that holds one document (no `---` or `...` lines). Throws a DocumentFault. */
export function readYaml(text: string): YamlResult {
  const c = newCursor(text);
  const value = skipToContent(c)
    ? readNode(c, { indent: -1, entry: rootEntry, collections: true, dashAtIndent: false })
    : null;
  if (skipToContent(c)) throw new DocumentFault("did not find expected <document start>", c.line);
  return { value, log: c.log, duplicates: c.duplicates };
}

/** Where a node stands. */
interface Spot {
  /** Column of the collection around it; content must be deeper. */
  readonly indent: number;
  /** The node's own entry in the line log. */
  readonly entry: number;
  /** A block collection may begin here (a fresh line, or behind `- `). */
  readonly collections: boolean;
  /** A sequence may stand at the column of the mapping it is a value of. */
  readonly dashAtIndent: boolean;
}

interface Properties {
  readonly anchor?: string;
  readonly tag?: string;
}

const noProperties: Properties = {};

/** The value behind `key:` or `- `. Null when nothing deeper follows. */
function readValue(c: Cursor, spot: Spot): unknown {
  const line = c.line;
  if (!skipToContent(c)) return null;
  const fresh = c.line !== line;
  if (fresh && isOutside(c, spot)) return null;
  return readNode(c, fresh ? freshSpot(spot) : spot);
}

/** On a line of its own any collection may begin. */
function freshSpot(spot: Spot): Spot {
  // Named one by one: a spread costs ten times as much, and this runs once for every value.
  const { indent, entry, dashAtIndent } = spot;
  return spot.collections ? spot : { indent, entry, collections: true, dashAtIndent };
}

function isOutside(c: Cursor, spot: Spot): boolean {
  const at = column(c);
  return at < spot.indent || (at === spot.indent && !(spot.dashAtIndent && isIndicator(c, 45)));
}

/** An indicator character (`-`, `?`, `:`) followed by a blank. */
function isIndicator(c: Cursor, code: number): boolean {
  return c.text.charCodeAt(c.pos) === code && isBlankAt(c, c.pos + 1);
}

function readNode(c: Cursor, spot: Spot): unknown {
  if (c.depth++ > maxDepth) throw new DocumentFault("exceeded max depth", c.line);
  const code = c.text.charCodeAt(c.pos);
  const value = code === 38 || code === 33 ? readTagged(c, spot) : readBare(c, spot, noProperties);
  c.depth--;
  return value;
}

/** A node with an anchor (`&a`) or a tag (`!!str`). On one line with a key they belong to the key. */
function readTagged(c: Cursor, spot: Spot): unknown {
  const start = { pos: c.pos, line: c.line };
  const properties = readProperties(c);
  if (!skipToContent(c)) return anchored(c, spot, properties, () => null);
  const fresh = c.line !== start.line;
  if (fresh && isOutside(c, spot)) return anchored(c, spot, properties, () => null);
  const mapping = !fresh && spot.collections && isKeyAhead(c);
  if (mapping) return readMapping(c, start.pos - c.lineStart, spot.entry, start.pos);
  return anchored(c, spot, properties, () => readBare(c, fresh ? freshSpot(spot) : spot, properties));
}

function anchored(c: Cursor, spot: Spot, { anchor }: Properties, read: () => unknown): unknown {
  if (anchor === undefined) return read();
  c.anchors.set(anchor, "open");
  const value = read();
  c.anchors.set(anchor, { value, from: spot.entry, to: c.log.keys.length });
  return value;
}

const property = /[&!][^\s,[\]{}]*/y;

function readProperties(c: Cursor): Properties {
  const found: { anchor?: string; tag?: string } = {};
  for (;;) {
    const code = c.text.charCodeAt(c.pos);
    if (code !== 38 && code !== 33) return found;
    property.lastIndex = c.pos;
    const word = property.exec(c.text)?.[0] ?? "";
    if (code === 38 && word === "&") {
      throw new DocumentFault("did not find expected alphabetic or numeric character", c.line);
    }
    if (code === 38) found.anchor = word.slice(1);
    else found.tag = word;
    c.pos += word.length;
    while (c.text.charCodeAt(c.pos) === 32 || c.text.charCodeAt(c.pos) === 9) c.pos++;
  }
}

/** Is there a `key:` on the rest of this line? Only asked behind an anchor or tag, so it need not be fast. */
function isKeyAhead(c: Cursor): boolean {
  const saved = { pos: c.pos, line: c.line, lineStart: c.lineStart };
  try {
    const code = c.text.charCodeAt(c.pos);
    if (code === 91 || code === 123 || code === 124 || code === 62 || isIndicator(c, 45)) return false;
    readSimpleKey(c, 0);
    return c.line === saved.line && isIndicator(skipSpaces(c), 58);
  } finally {
    Object.assign(c, saved);
  }
}

function skipSpaces(c: Cursor): Cursor {
  while (c.text.charCodeAt(c.pos) === 32 || c.text.charCodeAt(c.pos) === 9) c.pos++;
  return c;
}

function readBare(c: Cursor, spot: Spot, { tag }: Properties): unknown {
  const code = c.text.charCodeAt(c.pos);
  if (code === 45 && isBlankAt(c, c.pos + 1)) return readSequence(c, spot);
  if (code === 124 || code === 62) return readBlock(c, spot);
  if ((code === 63 || code === 58) && isBlankAt(c, c.pos + 1)) return readKeyed(c, spot);
  const start = c.pos;
  const line = c.line;
  const value = readInline(c, spot, code);
  if (c.text.charCodeAt(skipSpaces(c).pos) !== 58 || !isBlankAt(c, c.pos + 1)) return typed(value, tag, code);
  if (!spot.collections || c.line !== line) {
    throw new DocumentFault("mapping values are not allowed in this context", c.line);
  }
  return readMapping(c, start - c.lineStart, spot.entry, start);
}

/** Anything that begins and may end on one line: scalars, flow collections, aliases. Plain scalars stay text. */
function readInline(c: Cursor, spot: Spot, code: number): unknown {
  if (code === 34 || code === 39) return readQuoted(c);
  if (code === 91 || code === 123) return readFlow(c, spot.entry);
  if (code === 42) return readAlias(c, spot.entry);
  if (code === 37 || code === 64 || code === 96) {
    throw new DocumentFault("found character that cannot start any token", c.line);
  }
  if (code === 44 || code === 93 || code === 125) {
    throw new DocumentFault("did not find expected node content", c.line);
  }
  return readPlain(c, spot.indent + 1, false);
}

function typed(value: unknown, tag: string | undefined, code: number): unknown {
  if (typeof value !== "string" || code === 34 || code === 39 || code === 42) return value;
  if (tag === undefined || tag === "!!int" || tag === "!!float" || tag === "!!bool" || tag === "!!null") {
    return resolvePlain(value);
  }
  return value;
}

function readBlock(c: Cursor, spot: Spot): string {
  const { value, content } = readBlockScalar(c, spot.indent);
  if (spot.entry >= 0) c.log.contents[spot.entry] = content;
  return value;
}

function readSequence(c: Cursor, spot: Spot): unknown[] {
  if (!spot.collections)
    throw new DocumentFault("block sequence entries are not allowed in this context", c.line);
  const at = column(c);
  const list: unknown[] = [];
  for (;;) {
    const entry = addEntry(c, spot.entry, list.length, c.line);
    c.pos++;
    list.push(readValue(c, { indent: at, entry, collections: true, dashAtIndent: false }));
    if (!skipToContent(c)) return list;
    const next = atLineStart(c) ? column(c) : Number.POSITIVE_INFINITY;
    if (next < at) return list;
    if (next === at && isIndicator(c, 45)) continue;
    if (next === at && at === spot.indent) return list;
    const inMapping = at === spot.indent;
    throw new DocumentFault(
      inMapping ? "did not find expected key" : "did not find expected '-' indicator",
      c.line,
    );
  }
}

/** A mapping that begins with `? ` or with an empty key. */
function readKeyed(c: Cursor, spot: Spot): unknown {
  if (!spot.collections) {
    throw new DocumentFault("mapping values are not allowed in this context", c.line);
  }
  return readMapping(c, column(c), spot.entry, c.pos);
}

/** A block mapping whose keys stand at column `at`; the cursor goes back to `from`, the start of the first key. */
function readMapping(c: Cursor, at: number, id: number, from: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  const merges: Merge[] = [];
  c.pos = from;
  for (;;) {
    const line = c.line;
    const key = readKey(c, at);
    const entry = addEntry(c, id, key, line);
    const value = readValue(c, { indent: at, entry, collections: false, dashAtIndent: true });
    if (key === "<<") merges.push({ value, entry, to: c.log.keys.length });
    else {
      if (Object.hasOwn(map, key)) c.duplicates.push(entry);
      setKey(map, key, value);
    }
    if (!skipToContent(c)) break;
    const next = atLineStart(c) ? column(c) : Number.POSITIVE_INFINITY;
    if (next < at) break;
    if (next > at || isIndicator(c, 45)) throw new DocumentFault("did not find expected key", c.line);
  }
  for (const merge of merges) mergeInto(c, map, id, merge);
  return map;
}

/** Reads `key:` (or `? key` and its `:`), and leaves the cursor behind the colon. */
function readKey(c: Cursor, at: number): string {
  const line = c.line;
  if (isIndicator(c, 58)) throw new DocumentFault("did not find expected key", line);
  const explicit = isIndicator(c, 63);
  if (explicit) {
    c.pos++;
    skipToContent(c);
  }
  const code = c.text.charCodeAt(c.pos);
  if (code === 38 || code === 33) readProperties(c);
  const key = readSimpleKey(c, at + 1);
  if (explicit) skipToContent(c);
  else skipSpaces(c);
  if ((c.line !== line && !explicit) || !isIndicator(c, 58)) {
    throw new DocumentFault("could not find expected ':'", line);
  }
  c.pos++;
  return key;
}

function readSimpleKey(c: Cursor, minIndent: number): string {
  const code = c.text.charCodeAt(c.pos);
  if (code === 91 || code === 123) {
    const held = c.log.keys.length;
    const value = readFlow(c, rootEntry);
    for (const list of [c.log.parents, c.log.keys, c.log.lines, c.log.contents]) list.length = held;
    return JSON.stringify(value);
  }
  const value = readInline(
    c,
    { indent: minIndent - 1, entry: rootEntry, collections: false, dashAtIndent: false },
    code,
  );
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
}
