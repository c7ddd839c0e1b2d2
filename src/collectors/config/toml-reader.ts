// Reads TOML (containerd's config.toml, registries.conf) to plain data with a line for every key.
import { DocumentFault } from "./document-fault.ts";
import { setKey } from "./json-reader.ts";
import { type LineLog, logEntry, newLineLog, rootEntry } from "./line-log.ts";

export interface TomlResult {
  readonly value: Readonly<Record<string, unknown>>;
  readonly log: LineLog;
  readonly duplicates: readonly number[];
}

interface Cursor {
  readonly text: string;
  at: number;
  line: number;
  depth: number;
  readonly log: LineLog;
  readonly duplicates: number[];
  readonly entries: Map<object, Map<string | number, number>>;
}

interface Table {
  readonly map: Record<string, unknown>;
  readonly entry: number;
}

/** Throws a DocumentFault. */
export function readToml(text: string): TomlResult {
  const c: Cursor = { text, at: 0, line: 1, depth: 0, log: newLineLog(), duplicates: [], entries: new Map() };
  const value: Record<string, unknown> = {};
  let table: Table = { map: value, entry: rootEntry };
  for (;;) {
    skip(c, true);
    if (c.at >= c.text.length) return { value, log: c.log, duplicates: c.duplicates };
    if (c.text[c.at] === "[") table = readHeader(c, value);
    else readPair(c, table);
    skip(c, false);
    if (c.at < c.text.length && c.text[c.at] !== "\n")
      throw new DocumentFault("toml: expected newline but got more text", c.line);
  }
}

function skip(c: Cursor, lines: boolean): void {
  for (;;) {
    const char = c.text[c.at];
    if (char === "#") {
      const end = c.text.indexOf("\n", c.at);
      c.at = end < 0 ? c.text.length : end;
    } else if (char === " " || char === "\t" || char === "\r" || (lines && char === "\n")) {
      if (char === "\n") c.line++;
      c.at++;
    } else return;
  }
}

/** `[a."b.c".d]` or `[[a]]`. */
function readHeader(c: Cursor, root: Record<string, unknown>): Table {
  const isList = c.text[c.at + 1] === "[";
  const { line } = c;
  c.at += isList ? 2 : 1;
  const path = readKeyPath(c);
  skip(c, false);
  const close = isList ? "]]" : "]";
  if (!c.text.startsWith(close, c.at)) throw new DocumentFault(`toml: expected ${close}`, line);
  c.at += close.length;
  let table: Table = { map: root, entry: rootEntry };
  for (const [index, key] of path.entries())
    table = descend(c, table, key, line, isList && index === path.length - 1);
  return table;
}

/** The table below a key; the last one of a list of tables. */
function descend(c: Cursor, table: Table, key: string, line: number, append: boolean): Table {
  const known = Object.hasOwn(table.map, key) ? table.map[key] : undefined;
  const entry = entryOf(c, table, key, line);
  if (append || Array.isArray(known)) {
    const list = Array.isArray(known) ? known : [];
    if (!Array.isArray(known)) setKey(table.map, key, list);
    if (append) list.push({});
    const map = list.at(-1);
    if (typeof map !== "object" || map === null)
      throw new DocumentFault(`toml: key ${key} is no table`, line);
    return {
      map,
      entry: entryOf(c, { map: list as unknown as Record<string, unknown>, entry }, list.length - 1, line),
    };
  }
  if (known === undefined) setKey(table.map, key, {});
  const map = table.map[key];
  if (typeof map !== "object" || map === null)
    throw new DocumentFault(`toml: key ${key} is already defined`, line);
  return { map: map as Record<string, unknown>, entry };
}

function entryOf(c: Cursor, table: Table, key: string | number, line: number): number {
  const known = c.entries.get(table.map) ?? new Map<string | number, number>();
  c.entries.set(table.map, known);
  const entry = known.get(key) ?? logEntry(c.log, table.entry, key, line);
  known.set(key, entry);
  return entry;
}

function readPair(c: Cursor, table: Table): void {
  const { line } = c;
  const path = readKeyPath(c);
  skip(c, false);
  if (c.text[c.at] !== "=") throw new DocumentFault("toml: expected character =", line);
  c.at++;
  skip(c, false);
  let target = table;
  for (const key of path.slice(0, -1)) target = descend(c, target, key, line, false);
  const key = path.at(-1) ?? "";
  const isTwice = Object.hasOwn(target.map, key);
  const entry = entryOf(c, target, key, line);
  if (isTwice) c.duplicates.push(entry);
  setKey(target.map, key, readValue(c, entry));
}

const bareKey = /[A-Za-z0-9_-]+/y;

function readKeyPath(c: Cursor): readonly string[] {
  const path: string[] = [];
  for (;;) {
    skip(c, false);
    const char = c.text[c.at];
    if (char === '"' || char === "'") path.push(readString(c, char));
    else {
      bareKey.lastIndex = c.at;
      const key = bareKey.exec(c.text)?.[0];
      if (key === undefined) throw new DocumentFault("toml: invalid character at start of key", c.line);
      path.push(key);
      c.at += key.length;
    }
    skip(c, false);
    if (c.text[c.at] !== ".") return path;
    c.at++;
  }
}

function readValue(c: Cursor, entry: number): unknown {
  const char = c.text[c.at] ?? "";
  if (char === '"' || char === "'") return readString(c, char);
  if (char !== "[" && char !== "{") return readScalar(c);
  if (++c.depth > 100) throw new DocumentFault("exceeded max depth", c.line);
  const value = char === "[" ? readList(c, entry) : readInlineTable(c, entry);
  c.depth--;
  return value;
}

const scalar = /[^\s,\]}#]+(?: \d{2}:\d{2}:[^\s,\]}#]+)?/y;

function readScalar(c: Cursor): unknown {
  scalar.lastIndex = c.at;
  const text = scalar.exec(c.text)?.[0];
  if (text === undefined) throw new DocumentFault("toml: expected value, not end of line", c.line);
  c.at += text.length;
  if (text === "true" || text === "false") return text === "true";
  const digits = text.replaceAll("_", "");
  if (/^[-+]?(?:\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)$/.test(digits))
    return Number(digits);
  if (/^\d{4}-\d{2}-\d{2}|^\d{2}:\d{2}|^[-+]?(?:inf|nan)$/.test(text)) return text;
  throw new DocumentFault(`toml: incomplete or invalid value ${text.slice(0, 40)}`, c.line);
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", e: "\x1b" };

function readString(c: Cursor, quote: string): string {
  const opened = c.line;
  const long = c.text.startsWith(quote.repeat(3), c.at);
  const close = long ? quote.repeat(3) : quote;
  c.at += close.length;
  if (long && c.text[c.at] === "\n") {
    c.at++;
    c.line++;
  }
  let value = "";
  for (;;) {
    const char = c.text[c.at];
    if (char === undefined || (!long && char === "\n"))
      throw new DocumentFault("toml: unterminated string", opened);
    if (c.text.startsWith(close, c.at)) break;
    if (char === "\n") c.line++;
    if (char === "\\" && quote === '"') value += readEscape(c);
    else {
      value += char;
      c.at++;
    }
  }
  c.at += close.length;
  return value;
}

function readEscape(c: Cursor): string {
  const letter = c.text[c.at + 1] ?? "";
  const unicode = /^\\(?:u([0-9a-fA-F]{4})|U(00[01][0-9a-fA-F]{5}|000[0-9a-fA-F]{5}))/.exec(
    c.text.slice(c.at, c.at + 10),
  );
  if (unicode) {
    c.at += unicode[0].length;
    const point = Number.parseInt(unicode[1] ?? unicode[2] ?? "0", 16);
    return point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point);
  }
  if (letter === "\n") c.line++;
  c.at += 2;
  return letter === "\n" ? "" : (escapes[letter] ?? letter);
}

function readList(c: Cursor, entry: number): unknown[] {
  const opened = c.line;
  const list: unknown[] = [];
  c.at++;
  for (;;) {
    skip(c, true);
    if (c.at >= c.text.length) throw new DocumentFault("toml: array is incomplete", opened);
    if (c.text[c.at] === "]") break;
    const item = logEntry(c.log, entry, list.length, c.line);
    list.push(readValue(c, item));
    skip(c, true);
    if (c.text[c.at] === ",") c.at++;
    else if (c.text[c.at] !== "]")
      throw new DocumentFault("toml: array elements must be separated by commas", c.line);
  }
  c.at++;
  return list;
}

function readInlineTable(c: Cursor, entry: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  c.at++;
  for (;;) {
    skip(c, true);
    if (c.text[c.at] === "}") break;
    readPair(c, { map, entry });
    skip(c, true);
    if (c.text[c.at] === ",") c.at++;
    else if (c.text[c.at] !== "}") throw new DocumentFault("toml: expected , or } in inline table", c.line);
  }
  c.at++;
  return map;
}
