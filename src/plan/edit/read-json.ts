// JSON to places. Dashboards have megabytes, and a reader for JSON alone is a hundred times as fast as one for YAML.
import type { Item, Mapping, Node, Pair, Scalar, Sequence } from "./tree.ts";

/** `text` must be JSON, as JSON.parse has confirmed. */
export function readJson(text: string): Node {
  const cursor = { at: text.charCodeAt(0) === 0xfeff ? 1 : 0 };
  skipBlank(text, cursor);
  return readValue(text, cursor);
}

interface Cursor {
  at: number;
}

function readValue(text: string, cursor: Cursor): Node {
  const char = text[cursor.at];
  if (char === "{") return readObject(text, cursor);
  if (char === "[") return readArray(text, cursor);
  return char === '"' ? readString(text, cursor) : readWord(text, cursor);
}

function readObject(text: string, cursor: Cursor): Mapping {
  const start = cursor.at++;
  const pairs: Pair[] = [];
  for (skipBlank(text, cursor); text[cursor.at] !== "}"; skipSeparator(text, cursor)) {
    const key = readString(text, cursor);
    skipBlank(text, cursor);
    cursor.at++;
    const valueAt = cursor.at;
    skipBlank(text, cursor);
    const value = readValue(text, cursor);
    pairs.push({
      name: key.text,
      key,
      start: key.start,
      end: value.end,
      valueAt,
      hasColon: true,
      explicit: false,
      value,
    });
  }
  cursor.at++;
  return { kind: "mapping", flow: true, column: 0, pairs, start, end: cursor.at };
}

function readArray(text: string, cursor: Cursor): Sequence {
  const start = cursor.at++;
  const items: Item[] = [];
  for (skipBlank(text, cursor); text[cursor.at] !== "]"; skipSeparator(text, cursor)) {
    const value = readValue(text, cursor);
    items.push({ start: value.start, end: value.end, valueAt: value.start, value });
  }
  cursor.at++;
  return { kind: "sequence", flow: true, column: 0, items, start, end: cursor.at };
}

function readString(text: string, cursor: Cursor): Scalar {
  const start = cursor.at++;
  let isEscaped = false;
  while (text[cursor.at] !== '"') {
    if (text[cursor.at] === "\\") {
      isEscaped = true;
      cursor.at++;
    }
    cursor.at++;
  }
  cursor.at++;
  const raw = text.slice(start, cursor.at);
  const value = isEscaped ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  return { kind: "scalar", style: "double", text: value, start, end: cursor.at };
}

function readWord(text: string, cursor: Cursor): Scalar {
  const start = cursor.at;
  while (cursor.at < text.length && !/[\s,\]}]/.test(text[cursor.at] ?? "")) cursor.at++;
  return { kind: "scalar", style: "plain", text: text.slice(start, cursor.at), start, end: cursor.at };
}

/** The comma between entries, with the blanks around it. */
function skipSeparator(text: string, cursor: Cursor): void {
  skipBlank(text, cursor);
  if (text[cursor.at] !== ",") return;
  cursor.at++;
  skipBlank(text, cursor);
}

function skipBlank(text: string, cursor: Cursor): void {
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
    cursor.at++;
  }
}
