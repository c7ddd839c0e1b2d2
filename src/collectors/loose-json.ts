// JSON as people paste it: whole documents, but also hand-cut excerpts with "…", missing commas, brackets or outer braces.

export type JsonNode =
  | { readonly kind: "object"; readonly line: number; readonly members: ReadonlyMap<string, JsonMember> }
  | { readonly kind: "array"; readonly line: number; readonly items: readonly JsonNode[] }
  | { readonly kind: "string"; readonly line: number; readonly value: string }
  | { readonly kind: "literal"; readonly line: number; readonly value: number | boolean | null };

export interface JsonMember {
  /** 0-based line of the key. */
  readonly line: number;
  readonly node: JsonNode;
}

export interface LooseJson {
  /** The documents of the text in order: one, or one per line for JSON lines. */
  readonly documents: readonly JsonNode[];
  /** True when something had to be guessed: an excerpt, a truncated paste. */
  readonly damaged: boolean;
}

const maxDepth = 64;
const maxNodes = 2_000_000;

interface Cursor {
  readonly text: string;
  position: number;
  line: number;
  nodes: number;
  damaged: boolean;
}

/** Reads what can be read and never throws. `limit` caps how many characters are looked at. */
export function readLooseJson(text: string, limit = 64 * 1024 * 1024): LooseJson {
  const cursor: Cursor = {
    text: text.slice(0, limit),
    position: 0,
    line: 0,
    nodes: 0,
    damaged: text.length > limit,
  };
  const documents: JsonNode[] = [];
  let bare: Map<string, JsonMember> | undefined;
  for (;;) {
    skipFiller(cursor);
    if (cursor.position >= cursor.text.length || cursor.nodes > maxNodes) break;
    const line = cursor.line;
    const key = readKey(cursor);
    if (key !== undefined) {
      // `"Mounts": [ … ]` without the braces around it
      if (!bare) {
        bare = new Map();
        documents.push({ kind: "object", line, members: bare });
        cursor.damaged = true;
      }
      bare.set(key, { line, node: readValue(cursor, 1) });
      continue;
    }
    bare = undefined;
    const before = cursor.position;
    const node = readValue(cursor, 0);
    if (cursor.position === before) {
      cursor.position += 1;
      cursor.damaged = true;
    } else documents.push(node);
  }
  return { documents, damaged: cursor.damaged };
}

function readValue(cursor: Cursor, depth: number): JsonNode {
  skipBlank(cursor);
  cursor.nodes += 1;
  const char = cursor.text[cursor.position];
  if (char === "{") return readObject(cursor, depth);
  if (char === "[") return readArray(cursor, depth);
  if (char === '"') return { kind: "string", line: cursor.line, value: readString(cursor) };
  return readLiteral(cursor);
}

function readObject(cursor: Cursor, depth: number): JsonNode {
  const line = cursor.line;
  const members = new Map<string, JsonMember>();
  const node: JsonNode = { kind: "object", line, members };
  cursor.position += 1;
  for (;;) {
    skipFiller(cursor);
    if (isAtEnd(cursor)) return node;
    const char = cursor.text[cursor.position];
    if (char === "}") {
      cursor.position += 1;
      return node;
    }
    // a closing bracket of the array around: this object's own brace was cut away
    if (char === "]") {
      cursor.damaged = true;
      return node;
    }
    const keyLine = cursor.line;
    const key = readKey(cursor);
    if (key === undefined || depth >= maxDepth) {
      cursor.damaged = true;
      skipToken(cursor);
      continue;
    }
    members.set(key, { line: keyLine, node: readValue(cursor, depth + 1) });
  }
}

function readArray(cursor: Cursor, depth: number): JsonNode {
  const items: JsonNode[] = [];
  const node: JsonNode = { kind: "array", line: cursor.line, items };
  cursor.position += 1;
  for (;;) {
    skipFiller(cursor);
    if (isAtEnd(cursor)) return node;
    const char = cursor.text[cursor.position];
    if (char === "]") {
      cursor.position += 1;
      return node;
    }
    const before = cursor.position;
    if (char === "}" || depth >= maxDepth) {
      cursor.damaged = true;
      if (char === "}") return node;
      skipToken(cursor);
      continue;
    }
    const item = readValue(cursor, depth + 1);
    if (cursor.position === before) {
      cursor.damaged = true;
      cursor.position += 1;
    } else items.push(item);
  }
}

function isAtEnd(cursor: Cursor): boolean {
  if (cursor.position < cursor.text.length && cursor.nodes <= maxNodes) return false;
  cursor.damaged = true;
  return true;
}

/** The key of `"key":`, or undefined (and nothing consumed) when no key stands here. */
function readKey(cursor: Cursor): string | undefined {
  if (cursor.text[cursor.position] !== '"') return undefined;
  const { position, line } = cursor;
  const key = readString(cursor);
  skipBlank(cursor);
  if (cursor.text[cursor.position] === ":") {
    cursor.position += 1;
    return key;
  }
  cursor.position = position;
  cursor.line = line;
  return undefined;
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

/** Strings end at their quote; one that never ends, ends with its line. */
function readString(cursor: Cursor): string {
  let value = "";
  let start = cursor.position + 1;
  let i = start;
  for (; i < cursor.text.length; i += 1) {
    const char = cursor.text[i];
    if (char === '"') break;
    if (char === "\n") {
      cursor.damaged = true;
      cursor.position = i;
      return value + cursor.text.slice(start, i);
    }
    if (char !== "\\") continue;
    value += cursor.text.slice(start, i);
    const next = cursor.text[i + 1] ?? "";
    const hex = next === "u" ? /^[0-9a-fA-F]{4}/.exec(cursor.text.slice(i + 2, i + 6)) : null;
    value += hex ? String.fromCharCode(Number.parseInt(hex[0], 16)) : (escapes[next] ?? next);
    i += hex ? 5 : 1;
    start = i + 1;
  }
  value += cursor.text.slice(start, i);
  cursor.position = Math.min(i + 1, cursor.text.length);
  return value;
}

function readLiteral(cursor: Cursor): JsonNode {
  const word =
    /^[A-Za-z0-9_.+-]{1,400}/.exec(cursor.text.slice(cursor.position, cursor.position + 400))?.[0] ?? "";
  const line = cursor.line;
  cursor.position += word.length;
  if (word === "true" || word === "false") return { kind: "literal", line, value: word === "true" };
  if (word === "null") return { kind: "literal", line, value: null };
  const number = Number(word);
  if (word !== "" && !Number.isNaN(number)) return { kind: "literal", line, value: number };
  cursor.damaged = true;
  return { kind: "string", line, value: word };
}

function skipToken(cursor: Cursor): void {
  if (cursor.text[cursor.position] === '"') readString(cursor);
  else cursor.position += 1;
}

function skipBlank(cursor: Cursor): void {
  while (cursor.position < cursor.text.length) {
    const char = cursor.text[cursor.position];
    if (char === "\n") cursor.line += 1;
    else if (char !== " " && char !== "\t" && char !== "\r" && char !== "\uFEFF") return;
    cursor.position += 1;
  }
}

/** Blanks, commas and the marks people leave where they cut: `...`, `…`, `// comment`. */
function skipFiller(cursor: Cursor): void {
  for (;;) {
    skipBlank(cursor);
    const char = cursor.text[cursor.position];
    if (char === ",") cursor.position += 1;
    else if (char === "." || char === "…" || char === "<") {
      cursor.damaged = true;
      cursor.position += 1;
      if (char === "<") skipLine(cursor);
    } else if (char === "#" || (char === "/" && cursor.text[cursor.position + 1] === "/")) {
      cursor.damaged = true;
      skipLine(cursor);
    } else return;
  }
}

function skipLine(cursor: Cursor): void {
  const newline = cursor.text.indexOf("\n", cursor.position);
  cursor.position = newline === -1 ? cursor.text.length : newline;
}

/** The member's value below a path of keys. */
export function memberOf(node: JsonNode | undefined, ...path: readonly string[]): JsonNode | undefined {
  let current = node;
  for (const key of path) {
    if (current?.kind !== "object") return undefined;
    current = current.members.get(key)?.node;
  }
  return current;
}

export function stringOf(node: JsonNode | undefined): string | undefined {
  if (node?.kind === "string") return node.value;
  return node?.kind === "literal" && typeof node.value === "number" ? String(node.value) : undefined;
}

/** As `stringOf`, but an empty string counts as not set. */
export function textOf(node: JsonNode | undefined): string | undefined {
  return stringOf(node) || undefined;
}

export function numberOf(node: JsonNode | undefined): number | undefined {
  if (node?.kind === "literal" && typeof node.value === "number") return node.value;
  if (node?.kind === "string" && /^-?\d{1,15}$/.test(node.value)) return Number(node.value);
  return undefined;
}

export function booleanOf(node: JsonNode | undefined): boolean | undefined {
  return node?.kind === "literal" && typeof node.value === "boolean" ? node.value : undefined;
}

export function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.kind === "array" ? node.items : [];
}

export function stringsOf(node: JsonNode | undefined): string[] {
  return itemsOf(node).flatMap((item) => stringOf(item) ?? []);
}

export function entriesOf(node: JsonNode | undefined): readonly (readonly [string, JsonMember])[] {
  return node?.kind === "object" ? [...node.members] : [];
}

/** Strings of an object's members: labels, options. */
export function recordOf(node: JsonNode | undefined): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [key, member] of entriesOf(node)) {
    const value = stringOf(member.node);
    if (value !== undefined) record[key] = value;
  }
  return record;
}
