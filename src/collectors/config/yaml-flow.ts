// Reads YAML flow collections: `[a, b]`, `{a: 1, b: [2]}`, over any number of lines.
import { DocumentFault, maxDepth } from "./document-fault.ts";
import { setKey } from "./json-reader.ts";
import { rootEntry } from "./line-log.ts";
import { readAlias } from "./yaml-alias.ts";
import { addEntry, atEnd, type Cursor, isBlankAt, skipToContent } from "./yaml-cursor.ts";
import { resolvePlain } from "./yaml-plain.ts";
import { isFlowIndicator, readPlain, readQuoted } from "./yaml-scalar.ts";

/** The cursor stands on `[` or `{` and moves behind the matching bracket. */
export function readFlow(c: Cursor, entry: number): unknown {
  if (c.depth++ > maxDepth) throw new DocumentFault("exceeded max depth", c.line);
  const value = c.text.charCodeAt(c.pos) === 91 ? readFlowSequence(c, entry) : readFlowMapping(c, entry);
  c.depth--;
  return value;
}

function readFlowSequence(c: Cursor, parent: number): unknown[] {
  const opened = c.line;
  const list: unknown[] = [];
  c.pos++;
  for (;;) {
    need(c, opened, "]");
    if (c.text.charCodeAt(c.pos) === 93) break;
    if (c.text.charCodeAt(c.pos) === 44)
      throw new DocumentFault("did not find expected node content", c.line);
    const entry = addEntry(c, parent, list.length, c.line);
    list.push(readItem(c, entry, opened));
    need(c, opened, "]");
    const code = c.text.charCodeAt(c.pos);
    if (code !== 44 && code !== 93) throw new DocumentFault("did not find expected ',' or ']'", c.line);
    if (code === 44) c.pos++;
  }
  c.pos++;
  return list;
}

/** An item of a flow sequence; `[a: 1]` is a list with one mapping, and so is `[? a]`. */
function readItem(c: Cursor, entry: number, opened: number): unknown {
  const line = c.line;
  const isExplicit = skipQuestionMark(c, opened, "]");
  if (isExplicit && (isItemEnd(c) || isColon(c)))
    throw new DocumentFault("did not find expected ',' or ']'", c.line);
  const value = readFlowNode(c, entry);
  need(c, opened, "]");
  if (!isColon(c) && !isExplicit) return value;
  const key = keyText(value);
  const pair = addEntry(c, entry, key, line);
  const map: Record<string, unknown> = {};
  setKey(map, key, isColon(c) ? readPairValue(c, pair, opened, "]", isExplicit ? undefined : line) : null);
  return map;
}

/** `?` announces a key that may be of any length and stand on lines of its own. */
function skipQuestionMark(c: Cursor, opened: number, close: string): boolean {
  if (c.text.charCodeAt(c.pos) !== 63 || !isBlankAt(c, c.pos + 1)) return false;
  c.pos++;
  need(c, opened, close);
  return true;
}

function isColon(c: Cursor): boolean {
  return c.text.charCodeAt(c.pos) === 58;
}

/** What stands behind a colon, on which the cursor stands. `line`: the key's, when the colon must stand on it as well. */
function readPairValue(
  c: Cursor,
  entry: number,
  opened: number,
  close: string,
  line: number | undefined,
): unknown {
  if (line !== undefined && c.line !== line)
    throw new DocumentFault(`did not find expected ',' or '${close}'`, c.line);
  c.pos++;
  need(c, opened, close);
  return isItemEnd(c) ? null : readFlowNode(c, entry);
}

function readFlowMapping(c: Cursor, parent: number): Record<string, unknown> {
  const opened = c.line;
  const map: Record<string, unknown> = {};
  c.pos++;
  for (;;) {
    need(c, opened, "}");
    if (c.text.charCodeAt(c.pos) === 125) break;
    if (c.text.charCodeAt(c.pos) === 44)
      throw new DocumentFault("did not find expected node content", c.line);
    readPair(c, parent, map, opened);
    need(c, opened, "}");
    const code = c.text.charCodeAt(c.pos);
    if (code !== 44 && code !== 125) throw new DocumentFault("did not find expected ',' or '}'", c.line);
    if (code === 44) c.pos++;
  }
  c.pos++;
  return map;
}

function readPair(c: Cursor, parent: number, map: Record<string, unknown>, opened: number): void {
  const line = c.line;
  const isExplicit = skipQuestionMark(c, opened, "}");
  const isEmpty = (isColon(c) && isBlankAt(c, c.pos + 1)) || (isExplicit && isItemEnd(c));
  const key = keyText(isEmpty ? null : readKeyNode(c));
  const entry = addEntry(c, parent, key, line);
  need(c, opened, "}");
  const value = isColon(c) ? readPairValue(c, entry, opened, "}", isExplicit ? undefined : line) : null;
  if (Object.hasOwn(map, key)) c.duplicates.push(entry);
  if (key !== "<<" || value === null || typeof value !== "object") setKey(map, key, value);
  else
    for (const [name, inner] of Object.entries(value))
      if (!Object.hasOwn(map, name)) setKey(map, name, inner);
}

/** A key; a collection as a key is what an unrendered `{{ … }}` becomes, and Go refuses it. */
function readKeyNode(c: Cursor): unknown {
  const code = c.text.charCodeAt(c.pos);
  if (code !== 123 && code !== 91) return readFlowNode(c, rootEntry);
  throw new DocumentFault("invalid map key", c.line);
}

function keyText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "null");
}

function isItemEnd(c: Cursor): boolean {
  const code = c.text.charCodeAt(c.pos);
  return code === 44 || code === 93 || code === 125;
}

function readFlowNode(c: Cursor, entry: number): unknown {
  const code = c.text.charCodeAt(c.pos);
  if (code === 34 || code === 39) return readQuoted(c);
  if (code === 91 || code === 123) return readFlow(c, entry);
  if (code === 42) return readAlias(c, entry);
  if (code === 38 || code === 33) return readFlowTagged(c, entry);
  if (code === 37 || code === 64 || code === 96) {
    throw new DocumentFault("found character that cannot start any token", c.line);
  }
  if (isFlowIndicator(code)) throw new DocumentFault("did not find expected node content", c.line);
  if (code === 45 && isBlankAt(c, c.pos + 1)) {
    throw new DocumentFault("block sequence entries are not allowed in this context", c.line);
  }
  return resolvePlain(readPlain(c, 0, true));
}

const property = /[&!][^\s,[\]{}]*/y;

function readFlowTagged(c: Cursor, entry: number): unknown {
  property.lastIndex = c.pos;
  const word = property.exec(c.text)?.[0] ?? "";
  c.pos += word.length;
  if (!skipToContent(c, true)) throw new DocumentFault("did not find expected node content", c.line);
  const anchor = word.startsWith("&") ? word.slice(1) : undefined;
  if (anchor !== undefined) c.anchors.set(anchor, "open");
  const value = isItemEnd(c) ? null : readFlowNode(c, entry);
  if (anchor !== undefined) c.anchors.set(anchor, { value, from: entry, to: c.log.keys.length });
  return word === "!!str" && value !== null ? String(value) : value;
}

/** Moves to the next token, which must exist: an unclosed bracket is reported where it was opened. */
function need(c: Cursor, opened: number, close: string): void {
  if (skipToContent(c, true) && !atEnd(c)) return;
  throw new DocumentFault(`did not find expected ',' or '${close}'`, opened);
}
