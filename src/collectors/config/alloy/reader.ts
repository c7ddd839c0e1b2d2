// Reads Alloy's configuration (`*.alloy`, River) to plain data without evaluating it. Blocks become mappings below their name
// and label: `loki.write "x" { endpoint { url = "u" } }` is {"loki.write": {"x": {"endpoint": [{"url": "u"}]}}}.
// Blocks inside blocks are lists, because they may be repeated. Expressions that are no plain value stay text: {"$expr": "a.b.c"}.

import { DocumentFault } from "../document-fault.ts";
import { setKey } from "../json-reader.ts";
import { type LineLog, logEntry, newLineLog, rootEntry } from "../line-log.ts";
import { type Token, tokenize } from "./lexer.ts";

export interface AlloyResult {
  readonly value: Readonly<Record<string, unknown>>;
  readonly log: LineLog;
  /** The first mistake; what could be read around it is in `value`. */
  readonly fault?: DocumentFault;
  readonly duplicates: readonly number[];
}

interface Reader {
  readonly text: string;
  readonly tokens: readonly Token[];
  at: number;
  depth: number;
  readonly log: LineLog;
  readonly duplicates: number[];
  fault?: DocumentFault;
}

const maxDepth = 100;

export function readAlloy(text: string): AlloyResult {
  const reader: Reader = { text, tokens: tokenize(text), at: 0, depth: 0, log: newLineLog(), duplicates: [] };
  const value: Record<string, unknown> = {};
  while (peek(reader).kind !== "end") {
    readStatement(reader, value, rootEntry, true);
    if (peek(reader).text === "}") {
      note(reader, "expected block label, got }", peek(reader));
      reader.at++;
    }
  }
  return {
    value,
    log: reader.log,
    duplicates: reader.duplicates,
    ...(reader.fault ? { fault: reader.fault } : {}),
  };
}

function peek(r: Reader, ahead = 0): Token {
  return (
    r.tokens[r.at + ahead] ?? { kind: "end", text: "", line: 1, start: r.text.length, stop: r.text.length }
  );
}

function note(r: Reader, message: string, token: Token): void {
  r.fault ??= new DocumentFault(message, token.line);
}

/** `name = value`, or `name.name "label" { … }`. Skips what is neither. */
function readStatement(r: Reader, into: Record<string, unknown>, parent: number, isTop: boolean): void {
  const start = peek(r);
  if (start.kind !== "word" && start.kind !== "string") {
    if (start.text !== "}" && start.kind !== "end") {
      note(r, `expected identifier, got ${start.text}`, start);
      r.at++;
    }
    return;
  }
  r.at++;
  let name = start.text;
  while (peek(r).text === "." && peek(r, 1).kind === "word") {
    name += `.${peek(r, 1).text}`;
    r.at += 2;
  }
  if (peek(r).text === "=" && peek(r).kind === "punctuation") readAttribute(r, into, parent, name, start);
  else readBlock(r, into, parent, name, start, isTop);
}

function readAttribute(
  r: Reader,
  into: Record<string, unknown>,
  parent: number,
  name: string,
  start: Token,
): void {
  r.at++;
  const entry = logEntry(r.log, parent, name, start.line);
  if (Object.hasOwn(into, name)) r.duplicates.push(entry);
  setKey(into, name, readExpression(r, entry));
}

function readBlock(
  r: Reader,
  into: Record<string, unknown>,
  parent: number,
  name: string,
  start: Token,
  isTop: boolean,
): void {
  const label = peek(r).kind === "string" ? peek(r).text : undefined;
  if (label !== undefined) r.at++;
  const open = peek(r);
  if (open.text !== "{" || open.kind !== "punctuation") {
    note(
      r,
      label === undefined ? `expected = or {, got ${describe(open)}` : `expected {, got ${describe(open)}`,
      open,
    );
    return;
  }
  r.at++;
  const entry =
    isTop && label === undefined
      ? topEntry(r, into, parent, name, start)
      : blockEntry(r, into, parent, name, label, start, isTop);
  readBody(r, entry.body, entry.id, open);
}

function describe(token: Token): string {
  return token.kind === "end" ? "end of file" : token.text.slice(0, 40);
}

/** `logging { … }`: one mapping of that name. */
function topEntry(r: Reader, into: Record<string, unknown>, parent: number, name: string, start: Token) {
  const body: Record<string, unknown> = {};
  const id = logEntry(r.log, parent, name, start.line);
  if (Object.hasOwn(into, name)) r.duplicates.push(id);
  setKey(into, name, body);
  return { body, id };
}

/** A labelled component at the top; an item of a list inside another block. */
function blockEntry(
  r: Reader,
  into: Record<string, unknown>,
  parent: number,
  name: string,
  label: string | undefined,
  start: Token,
  isTop: boolean,
) {
  const body: Record<string, unknown> = {};
  const known = Object.hasOwn(into, name) ? into[name] : undefined;
  const group = logEntry(r.log, parent, name, start.line);
  if (isTop && label !== undefined) {
    const map = (typeof known === "object" && known !== null && !Array.isArray(known) ? known : {}) as Record<
      string,
      unknown
    >;
    const id = logEntry(r.log, group, label, start.line);
    if (Object.hasOwn(map, label)) r.duplicates.push(id);
    setKey(map, label, body);
    setKey(into, name, map);
    return { body, id };
  }
  const list = Array.isArray(known) ? known : [];
  list.push(body);
  setKey(into, name, list);
  const id = logEntry(r.log, group, list.length - 1, start.line);
  if (label !== undefined) setKey(body, "$label", label);
  return { body, id };
}

function readBody(r: Reader, body: Record<string, unknown>, id: number, open: Token): void {
  if (++r.depth > maxDepth) throw new DocumentFault("exceeded max depth", open.line);
  while (peek(r).kind !== "end" && peek(r).text !== "}") {
    const before = r.at;
    readStatement(r, body, id, false);
    if (r.at === before) r.at++;
  }
  if (peek(r).kind === "end") note(r, "expected }, got end of file", open);
  else r.at++;
  r.depth--;
}

function readExpression(r: Reader, entry: number): unknown {
  if (++r.depth > maxDepth) throw new DocumentFault("exceeded max depth", peek(r).line);
  const start = r.at;
  const value = readOperand(r, entry);
  const next = peek(r);
  // Operators, calls and access turn it into something only Alloy can work out.
  const goesOn =
    next.kind === "punctuation" &&
    /^(?:[.+\-*/%^<>([]|==|!=|<=|>=|&&|\|\|)$/.test(next.text) &&
    isSameExpression(r);
  r.depth--;
  if (!goesOn) return value;
  skipExpression(r);
  return sourceOf(r, start);
}

/** A bracket on a new line begins the next item of a list, not an index. */
function isSameExpression(r: Reader): boolean {
  const previous = peek(r, -1);
  return !/^[[(]$/.test(peek(r).text) || peek(r).line === previous.line;
}

function readOperand(r: Reader, entry: number): unknown {
  const token = peek(r);
  if (token.kind === "string") {
    r.at++;
    if (token.broken) note(r, "string literal not terminated", token);
    return token.text;
  }
  if (token.kind === "number") {
    r.at++;
    const value = Number(token.text);
    return Number.isNaN(value) ? token.text : value;
  }
  if (token.text === "[") return readList(r, entry);
  if (token.text === "{") return readObject(r, entry);
  if (token.kind === "word") return readWord(r);
  if (token.text === "-" || token.text === "!" || token.text === "(") {
    const start = r.at;
    skipExpression(r);
    return sourceOf(r, start);
  }
  note(r, `expected expression, got ${describe(token)}`, token);
  return null;
}

const constants: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

function readWord(r: Reader): unknown {
  const start = r.at;
  const { text } = peek(r);
  if (constants.has(text)) {
    r.at++;
    return constants.get(text);
  }
  skipExpression(r);
  return sourceOf(r, start);
}

function sourceOf(r: Reader, start: number): { readonly $expr: string } {
  const first = r.tokens[start]?.start ?? 0;
  const last = peek(r, -1).stop;
  return { $expr: r.text.slice(first, last).slice(0, 20_000) };
}

/** To the end of an expression: a comma or closing bracket outside, or a token that begins the next statement. */
function skipExpression(r: Reader): void {
  let open = 0;
  let wantsOperand = true;
  while (peek(r).kind !== "end") {
    const token = peek(r);
    if (/^[([{]$/.test(token.text) && token.kind === "punctuation") {
      if (open === 0 && !wantsOperand && token.line !== peek(r, -1).line) return;
      if (open === 0 && !wantsOperand && token.text === "{") return;
      open++;
      wantsOperand = true;
    } else if (/^[)\]}]$/.test(token.text) && token.kind === "punctuation") {
      if (open === 0) return;
      open--;
      wantsOperand = false;
    } else if (open === 0 && token.text === "," && token.kind === "punctuation") return;
    else if (token.kind === "punctuation") wantsOperand = true;
    else {
      if (open === 0 && !wantsOperand) return;
      wantsOperand = false;
    }
    r.at++;
  }
}

function readList(r: Reader, entry: number): unknown[] {
  const open = peek(r);
  const list: unknown[] = [];
  r.at++;
  while (peek(r).kind !== "end" && peek(r).text !== "]") {
    const before = r.at;
    const item = logEntry(r.log, entry, list.length, peek(r).line);
    list.push(readExpression(r, item));
    if (peek(r).text === ",") r.at++;
    else if (peek(r).text !== "]") {
      note(r, `expected ], got ${describe(peek(r))}`, peek(r));
      if (r.at === before) break;
    }
  }
  if (peek(r).text === "]") r.at++;
  else note(r, "expected ], got end of file", open);
  return list;
}

function readObject(r: Reader, entry: number): Record<string, unknown> {
  const open = peek(r);
  const map: Record<string, unknown> = {};
  r.at++;
  while (peek(r).kind !== "end" && peek(r).text !== "}") {
    const key = peek(r);
    if ((key.kind !== "word" && key.kind !== "string") || !/^[=:]$/.test(peek(r, 1).text)) {
      note(r, `expected } or a key, got ${describe(key)}`, key);
      r.at++;
      continue;
    }
    r.at += 2;
    const id = logEntry(r.log, entry, key.text, key.line);
    if (Object.hasOwn(map, key.text)) r.duplicates.push(id);
    setKey(map, key.text, readExpression(r, id));
    if (peek(r).text === ",") r.at++;
    else if (peek(r).text !== "}") note(r, `missing ',' in object`, peek(r));
  }
  if (peek(r).text === "}") r.at++;
  else note(r, "expected }, got end of file", open);
  return map;
}
