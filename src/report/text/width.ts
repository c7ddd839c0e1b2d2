// How many terminal columns text takes, and breaking it at that width without cutting through a character.

const wide =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
const zero = /^[\p{M}\p{Cf}]/u;

/** Columns one code point takes: 0 for marks that sit on the one before, 2 for East Asian wide signs and emoji. */
export function columnsOf(sign: string): number {
  if (sign < "\u0300") return 1;
  if (zero.test(sign)) return 0;
  return wide.test(sign) ? 2 : 1;
}

export function columns(text: string): number {
  let total = 0;
  for (const sign of text) total += columnsOf(sign);
  return total;
}

export function padEnd(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - columns(text)));
}

export function padStart(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - columns(text))) + text;
}

/** Cuts at `width` columns, never inside a character or before a mark that belongs to it. */
export function cut(text: string, width: number): [head: string, tail: string] {
  let used = 0;
  let at = 0;
  for (const sign of text) {
    used += columnsOf(sign);
    if (used > width && at > 0) break;
    at += sign.length;
  }
  return [text.slice(0, at), text.slice(at)];
}

/** Breaks at blanks; a word longer than a line is cut. Line breaks in the text are kept. */
export function wrap(text: string, width: number): string[] {
  const room = Math.max(8, width);
  return text.split("\n").flatMap((line) => wrapLine(line, room));
}

function wrapLine(line: string, width: number): string[] {
  const rows: string[] = [];
  let row = "";
  for (const word of line.split(/ +/)) {
    const joined = row ? `${row} ${word}` : word;
    if (columns(joined) <= width) {
      row = joined;
      continue;
    }
    if (row) rows.push(row);
    row = word;
    while (columns(row) > width) {
      const [head, tail] = breakLongWord(row, width);
      rows.push(head);
      row = tail;
    }
  }
  rows.push(row);
  return rows;
}

/** Long paths and addresses break after a separator where one is near the edge. */
function breakLongWord(word: string, width: number): [string, string] {
  const [head] = cut(word, width);
  const separator = Math.max(
    ...["/", ",", ";", "&", "-", ".", ":", "="].map((sign) => head.lastIndexOf(sign)),
  );
  const at = separator > head.length / 2 ? separator + 1 : head.length;
  return [word.slice(0, at), word.slice(at)];
}

/** Shortens to `width` columns with the ellipsis at the end. */
export function elideEnd(text: string, width: number, ellipsis: string): string {
  if (columns(text) <= width) return text;
  return cut(text, Math.max(1, width - columns(ellipsis)))[0].trimEnd() + ellipsis;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Elided {
  readonly text: string;
  readonly mark?: Range;
}

/** Shortens to about `width` columns so that the marked part stays in view; without a mark the middle is dropped. */
export function elideAround(text: string, mark: Range | undefined, width: number, ellipsis: string): Elided {
  if (columns(text) <= width) return mark ? { text, mark } : { text };
  if (!mark) return { text: elideMiddle(text, width, ellipsis) };
  const room = Math.max(8, width - 2 * columns(ellipsis));
  const [marked, overflow] = cut(text.slice(mark.start, mark.end), room);
  const spare = room - columns(marked);
  const after = overflow ? "" : text.slice(mark.end);
  const before = text.slice(0, mark.start);
  const beforeWish =
    columns(before) <= spare / 2 ? columns(before) : Math.max(spare / 2, spare - columns(after));
  const head = cutStart(before, Math.floor(beforeWish));
  const [tail] = cutIfRoom(after, spare - columns(head));
  const lead = head.length < before.length ? ellipsis : "";
  const trail = overflow || tail.length < after.length ? ellipsis : "";
  const start = lead.length + head.length;
  return { text: lead + head + marked + tail + trail, mark: { start, end: start + marked.length } };
}

function elideMiddle(text: string, width: number, ellipsis: string): string {
  const room = Math.max(8, width - columns(ellipsis));
  const [head, rest] = cut(text, Math.ceil(room * 0.6));
  return head + ellipsis + cutStart(rest, room - columns(head));
}

function cutIfRoom(text: string, width: number): [string, string] {
  return width <= 0 ? ["", text] : cut(text, width);
}

/** The last `width` columns. */
function cutStart(text: string, width: number): string {
  if (width <= 0) return "";
  const signs = [...text];
  let used = 0;
  let index = signs.length;
  while (index > 0) {
    used += columnsOf(signs[index - 1] ?? "");
    if (used > width) break;
    index--;
  }
  while (index < signs.length && columnsOf(signs[index] ?? "") === 0) index++;
  return signs.slice(index).join("");
}
