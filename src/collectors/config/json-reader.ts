// Reads JSON with a line for every key, and reports mistakes in the words of Go's encoding/json, which the components use.
import { DocumentFault, maxDepth } from "./document-fault.ts";
import { type LineLog, logEntry, newLineLog, rootEntry } from "./line-log.ts";

export interface JsonResult {
  readonly value: unknown;
  readonly log: LineLog;
  /** Entry ids of keys that stand twice in one object. */
  readonly duplicates: readonly number[];
  /** Offset and line behind the value. */
  readonly end: number;
  readonly endLine: number;
}

interface Cursor {
  readonly text: string;
  pos: number;
  line: number;
  depth: number;
  readonly log: LineLog;
  readonly duplicates: number[];
}

/** Reads the one JSON value that starts at `from`. Throws a DocumentFault. */
export function readJsonValue(text: string, from = 0, line = 1): JsonResult {
  const cursor: Cursor = { text, pos: from, line, depth: 0, log: newLineLog(), duplicates: [] };
  skipSpace(cursor);
  const value = readValue(cursor, rootEntry);
  skipSpace(cursor);
  return {
    value,
    log: cursor.log,
    duplicates: cursor.duplicates,
    end: cursor.pos,
    endLine: cursor.line,
  };
}

/** The fault for text that stands behind a complete value. */
export function trailingFault(text: string, pos: number, line: number): DocumentFault {
  return new DocumentFault(`invalid character ${quoteChar(text, pos)} after top-level value`, line);
}

function skipSpace(c: Cursor): void {
  for (;;) {
    const code = c.text.charCodeAt(c.pos);
    if (code === 10) c.line++;
    else if (code !== 32 && code !== 9 && code !== 13) return;
    c.pos++;
  }
}

function readValue(c: Cursor, id: number): unknown {
  const code = c.text.charCodeAt(c.pos);
  if (code === 34) return readString(c);
  if (code === 123) return nested(c, id, readObject);
  if (code === 91) return nested(c, id, readArray);
  if (code === 45 || (code >= 48 && code <= 57)) return readNumber(c);
  return readWord(c);
}

function nested(c: Cursor, id: number, read: (c: Cursor, id: number) => unknown): unknown {
  if (c.depth++ > maxDepth) throw new DocumentFault("exceeded max depth", c.line);
  const value = read(c, id);
  c.depth--;
  return value;
}

function readObject(c: Cursor, id: number): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  c.pos++;
  skipSpace(c);
  if (c.text.charCodeAt(c.pos) === 125) {
    c.pos++;
    return object;
  }
  for (;;) {
    if (c.text.charCodeAt(c.pos) !== 34) throw fault(c, "looking for beginning of object key string");
    const keyLine = c.line;
    const key = readString(c);
    skipSpace(c);
    if (c.text.charCodeAt(c.pos) !== 58) throw fault(c, "after object key");
    c.pos++;
    skipSpace(c);
    const entry = logEntry(c.log, id, key, keyLine);
    if (Object.hasOwn(object, key)) c.duplicates.push(entry);
    setKey(object, key, readValue(c, entry));
    skipSpace(c);
    const code = c.text.charCodeAt(c.pos);
    if (code !== 44 && code !== 125) throw fault(c, "after object key:value pair");
    c.pos++;
    if (code === 125) return object;
    skipSpace(c);
  }
}

/** A plain assignment, except for the one key that would change the object's prototype. */
export function setKey(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

function readArray(c: Cursor, id: number): unknown[] {
  const list: unknown[] = [];
  c.pos++;
  skipSpace(c);
  if (c.text.charCodeAt(c.pos) === 93) {
    c.pos++;
    return list;
  }
  for (;;) {
    const entry = logEntry(c.log, id, list.length, c.line);
    list.push(readValue(c, entry));
    skipSpace(c);
    const code = c.text.charCodeAt(c.pos);
    if (code !== 44 && code !== 93) throw fault(c, "after array element");
    c.pos++;
    if (code === 93) return list;
    skipSpace(c);
  }
}

function readString(c: Cursor): string {
  const start = ++c.pos;
  let escaped = false;
  for (;;) {
    const code = c.text.charCodeAt(c.pos);
    if (code === 34) break;
    if (code === 92) {
      escaped = true;
      checkEscape(c);
    } else if (!(code >= 32)) throw fault(c, "in string literal");
    c.pos++;
  }
  const raw = c.text.slice(start, c.pos);
  c.pos++;
  return escaped ? String(JSON.parse(`"${raw}"`)) : raw;
}

/** Leaves the cursor on the last character of the escape. */
function checkEscape(c: Cursor): void {
  c.pos++;
  const letter = c.text.charAt(c.pos);
  if (letter === "u") {
    for (let digit = 0; digit < 4; digit++) {
      c.pos++;
      if (!/[0-9a-fA-F]/.test(c.text.charAt(c.pos))) throw fault(c, "in \\u hexadecimal character escape");
    }
  } else if (letter === "" || !'"\\/bfnrt'.includes(letter)) throw fault(c, "in string escape code");
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;

function readNumber(c: Cursor): number {
  number.lastIndex = c.pos;
  const match = number.exec(c.text);
  if (!match) {
    c.pos++;
    throw fault(c, "in numeric literal");
  }
  c.pos += match[0].length;
  return Number(match[0]);
}

const words: readonly (readonly [string, unknown])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function readWord(c: Cursor): unknown {
  for (const [word, value] of words) {
    if (c.text.startsWith(word, c.pos)) {
      c.pos += word.length;
      return value;
    }
  }
  throw fault(c, "looking for beginning of value");
}

function fault(c: Cursor, where: string): DocumentFault {
  if (c.pos >= c.text.length) return new DocumentFault("unexpected end of JSON input", c.line);
  return new DocumentFault(`invalid character ${quoteChar(c.text, c.pos)} ${where}`, c.line);
}

function quoteChar(text: string, pos: number): string {
  const char = String.fromCodePoint(text.codePointAt(pos) ?? 0xfffd);
  if (char === "'") return "'\\''";
  if (char === "\n") return "'\\n'";
  if (char === "\r") return "'\\r'";
  if (char === "\t") return "'\\t'";
  return `'${char}'`;
}
