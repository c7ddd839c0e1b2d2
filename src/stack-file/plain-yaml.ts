// The plain part of YAML that nearly every watchmend.yaml is written in, read twenty times as fast as by the library, which a
// long list of targets and a short run feel. Whatever is not plainly within it is left to the library, down to its complaint.

export interface PlainYaml {
  readonly value: unknown;
  /** Where the deepest part of the path that exists stands. */
  lineOf(path: readonly PropertyKey[]): number;
}

class NotPlain extends Error {}

interface Line {
  /** 1-based. */
  readonly line: number;
  readonly indent: number;
  readonly text: string;
}

interface Cursor {
  readonly lines: Line[];
  /** Of each list and mapping: the lines of its items and keys. */
  readonly places: Map<unknown, readonly number[] | Readonly<Record<string, number>>>;
  at: number;
}

const deepest = 30;

/** Undefined: this text is for the library. */
export function readPlainYaml(text: string): PlainYaml | undefined {
  if (/[^\n\x20-\x7e]/.test(text)) return undefined;
  try {
    const cursor: Cursor = { lines: linesOf(text), places: new Map(), at: 0 };
    const [first] = cursor.lines;
    if (first?.indent !== 0) return undefined;
    const value = block(cursor, 0, 0);
    if (cursor.at !== cursor.lines.length) return undefined;
    return { value, lineOf: (path) => lineOf(cursor.places, value, first.line, path) };
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

function lineOf(
  places: Cursor["places"],
  value: unknown,
  first: number,
  path: readonly PropertyKey[],
): number {
  let at = value;
  let line = first;
  for (const key of path) {
    const own = places.get(at);
    const found = own && Object.hasOwn(own, key) ? (own as Record<PropertyKey, number>)[key] : undefined;
    // Within brackets all stand on one line.
    if (found === undefined) return line;
    line = found;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return line;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let line = 0;
  for (let start = 0; start < text.length; ) {
    line += 1;
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    let from = start;
    while (from < end && text.charCodeAt(from) === 32) from += 1;
    let to = end;
    while (to > from && text.charCodeAt(to - 1) === 32) to -= 1;
    if (to > from && text.charCodeAt(from) !== 35)
      lines.push({ line, indent: from - start, text: withoutComment(text.slice(from, to)) });
    start = end + 1;
  }
  return lines;
}

/** A quote beside a `#` may hold it. */
function withoutComment(text: string): string {
  const at = text.indexOf(" #");
  if (at < 0) return text;
  if (/["']/.test(text)) throw new NotPlain();
  return text.slice(0, at).trimEnd();
}

const isItem = (text: string): boolean => text.startsWith("- ") || text === "-";

function block(cursor: Cursor, indent: number, depth: number): unknown {
  if (depth > deepest) throw new NotPlain();
  const line = cursor.lines[cursor.at];
  if (!line) throw new NotPlain();
  return isItem(line.text) ? sequence(cursor, indent, depth) : mapping(cursor, indent, depth);
}

function sequence(cursor: Cursor, indent: number, depth: number): unknown[] {
  const items: unknown[] = [];
  const places: number[] = [];
  cursor.places.set(items, places);
  for (;;) {
    const line = cursor.lines[cursor.at];
    if (!line || line.indent < indent || (line.indent === indent && !isItem(line.text))) return items;
    if (line.indent > indent || line.text.length < 3) throw new NotPlain();
    const inner = line.text.slice(2).trimStart();
    if (isItem(inner)) throw new NotPlain();
    places.push(line.line);
    if (entryOf(inner)) {
      // Its keys stand below the first one, behind the dash.
      const column = indent + line.text.length - inner.length;
      cursor.lines[cursor.at] = { line: line.line, indent: column, text: inner };
      items.push(mapping(cursor, column, depth + 1));
    } else {
      cursor.at += 1;
      items.push(scalarOrFlow(inner));
    }
  }
}

function mapping(cursor: Cursor, indent: number, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  const places: Record<string, number> = {};
  cursor.places.set(map, places);
  for (;;) {
    const line = cursor.lines[cursor.at];
    if (!line || line.indent < indent) return map;
    const entry = line.indent === indent ? entryOf(line.text) : undefined;
    if (!entry || Object.hasOwn(map, entry.key)) throw new NotPlain();
    cursor.at += 1;
    places[entry.key] = line.line;
    map[entry.key] = entry.rest === "" ? nested(cursor, indent, depth) : scalarOrFlow(entry.rest);
  }
}

/** Below a key; a list may stand in the key's own column. */
function nested(cursor: Cursor, indent: number, depth: number): unknown {
  const next = cursor.lines[cursor.at];
  if (!next || next.indent < indent || (next.indent === indent && !isItem(next.text))) return null;
  return block(cursor, next.indent, depth + 1);
}

interface Entry {
  readonly key: string;
  readonly rest: string;
}

const keyPattern = /^([A-Za-z][\w.-]*):(?: +(.*))?$/;

function entryOf(text: string): Entry | undefined {
  const found = keyPattern.exec(text);
  if (!found) return undefined;
  const [, key = "", rest = ""] = found;
  if (word(key) !== key) throw new NotPlain();
  return { key, rest };
}

function scalarOrFlow(text: string): unknown {
  const first = text.charCodeAt(0);
  if (first !== 123 && first !== 91) return scalar(text);
  const flow = { text, at: 0 };
  const value = flowNode(flow, 0);
  if (flow.at !== text.length) throw new NotPlain();
  return value;
}

/** Words that are or were something else than text in some version of YAML's schema. */
const special = /^(?:null|true|false|yes|no|on|off|y|n)$/i;

function word(text: string): unknown {
  if (text === "true") return true;
  if (text === "false") return false;
  if (special.test(text)) throw new NotPlain();
  return text;
}

function scalar(text: string): unknown {
  const first = text.charCodeAt(0);
  if (first === 34 || first === 39) return quoted(text);
  if (/: |:$| #/.test(text)) throw new NotPlain();
  if (/^[A-Za-z]/.test(text)) return word(text);
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  if (/^(?:0|[1-9]\d{0,9})\.\d{1,9}$/.test(text)) return Number(text);
  // An address or a version; a duration or a size.
  if (/^\d+(?:\.\d+){2,}(?:[:/-][\w.:/-]+)?$|^[1-9]\d*[A-Za-z]{1,2}$/.test(text)) return text;
  if (/^(?:\/|\$\{|--?[A-Za-z]|\.{1,2}\/)/.test(text)) return text;
  throw new NotPlain();
}

function quoted(text: string): string {
  const mark = text[0] ?? "";
  const inner = text.slice(1, -1);
  if (text.length < 2 || !text.endsWith(mark) || inner.includes(mark) || inner.includes("\\"))
    throw new NotPlain();
  return inner;
}

interface Flow {
  readonly text: string;
  at: number;
}

const skip = (flow: Flow): number => {
  while (flow.text.charCodeAt(flow.at) === 32) flow.at += 1;
  return flow.text.charCodeAt(flow.at);
};

const [comma, opensList, closesList, opensMap, closesMap] = [44, 91, 93, 123, 125];

function flowNode(flow: Flow, depth: number): unknown {
  if (depth > deepest) throw new NotPlain();
  const code = skip(flow);
  if (code === opensList) return flowList(flow, depth);
  if (code === opensMap) return flowMap(flow, depth);
  return scalar(flowText(flow));
}

function flowList(flow: Flow, depth: number): unknown[] {
  const items: unknown[] = [];
  flow.at += 1;
  while (skip(flow) !== closesList) {
    items.push(flowNode(flow, depth + 1));
    separated(flow, closesList);
  }
  flow.at += 1;
  return items;
}

function flowMap(flow: Flow, depth: number): Record<string, unknown> {
  const map: Record<string, unknown> = {};
  flow.at += 1;
  while (skip(flow) !== closesMap) {
    const key = /^([A-Za-z][\w.-]*): +/.exec(flow.text.slice(flow.at, flow.at + 300));
    const name = key?.[1];
    if (!key || name === undefined || word(name) !== name || Object.hasOwn(map, name)) throw new NotPlain();
    flow.at += key[0].length;
    map[name] = flowNode(flow, depth + 1);
    separated(flow, closesMap);
  }
  flow.at += 1;
  return map;
}

function separated(flow: Flow, close: number): void {
  const code = skip(flow);
  if (code === comma) flow.at += 1;
  else if (code !== close) throw new NotPlain();
}

/** Up to the next comma or bracket; behind a quote up to its end. */
function flowText(flow: Flow): string {
  const { text, at } = flow;
  const first = text[at] ?? "";
  if (first === '"' || first === "'") {
    const end = text.indexOf(first, at + 1);
    if (end < 0) throw new NotPlain();
    flow.at = end + 1;
    return text.slice(at, end + 1);
  }
  let end = at;
  while (end < text.length && !",[]{}".includes(text[end] ?? "")) end += 1;
  flow.at = end;
  const found = text.slice(at, end).trimEnd();
  // `[a, , b]`, `{a: }`, `a[b]`, `${env:X}`
  if (found === "" || "[{".includes(text[end] ?? "x")) throw new NotPlain();
  return found;
}
