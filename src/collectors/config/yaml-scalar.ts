// Reads YAML scalars from the text: plain, quoted (with folding and escapes) and block scalars.
import { DocumentFault } from "./document-fault.ts";
import { atEnd, type Cursor, isBlankAt, nextLine } from "./yaml-cursor.ts";

/**
 * A plain scalar, over several lines where indentation allows. Ends in front of `: `, ` #`, a less indented line and, in a
 * flow collection, `,[]{}`. The cursor stays behind its last character.
 */
export function readPlain(c: Cursor, minIndent: number, inFlow: boolean): string {
  let value = plainRun(c, inFlow);
  for (;;) {
    const breaks = continuation(c, minIndent, inFlow);
    if (breaks === 0) return value;
    const run = plainRun(c, inFlow);
    // The line begins with the colon behind an explicit key.
    if (run === "") return value;
    value += (breaks === 1 ? " " : "\n".repeat(breaks - 1)) + run;
  }
}

/** The part on one line. */
function plainRun(c: Cursor, inFlow: boolean): string {
  const { text } = c;
  const start = c.pos;
  let end = start;
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || Number.isNaN(code)) break;
    if (code === 32 || code === 9) continue;
    if (code === 58 && endsAtColon(c, at, inFlow)) break;
    if (code === 35 && at > start && isBlankAt(c, at - 1)) break;
    if (inFlow && isFlowIndicator(code)) break;
    end = at + 1;
  }
  c.pos = end;
  return text.slice(start, end);
}

function endsAtColon(c: Cursor, at: number, inFlow: boolean): boolean {
  return isBlankAt(c, at + 1) || (inFlow && isFlowIndicator(c.text.charCodeAt(at + 1)));
}

/** One of `,[]{}`. */
export function isFlowIndicator(code: number): boolean {
  return code === 44 || code === 91 || code === 93 || code === 123 || code === 125;
}

/** Line ends up to the next line that continues a plain scalar; 0 (and an unmoved cursor) when none does. */
function continuation(c: Cursor, minIndent: number, inFlow: boolean): number {
  const { text } = c;
  let at = skipBlanks(text, c.pos);
  if (text.charCodeAt(at) !== 10) return 0;
  let breaks = 0;
  let lineStart = at;
  let indent = at;
  while (text.charCodeAt(at) === 10) {
    breaks++;
    lineStart = at + 1;
    indent = lineStart;
    while (text.charCodeAt(indent) === 32) indent++;
    at = skipBlanks(text, indent);
  }
  if (at >= text.length || text.charCodeAt(at) === 35) return 0;
  if (!inFlow && indent - lineStart < minIndent) {
    if (at === indent) return 0;
    throw new DocumentFault("found a tab character that violates indentation", c.line + breaks);
  }
  if (inFlow && isFlowIndicator(text.charCodeAt(at))) return 0;
  c.pos = at;
  c.line += breaks;
  c.lineStart = lineStart;
  return breaks;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return at;
}

/** A quoted scalar; the cursor stands on its opening quote and moves behind the closing one. */
export function readQuoted(c: Cursor): string {
  const opened = c.line;
  const double = c.text.charCodeAt(c.pos) === 34;
  c.pos++;
  let value = "";
  for (;;) {
    const start = c.pos;
    scanQuotedRun(c, double);
    value += c.text.slice(start, c.pos);
    if (atEnd(c)) throw new DocumentFault("found unexpected end of stream", opened);
    const code = c.text.charCodeAt(c.pos);
    if (code === 10) value = foldQuoted(c, value, start === c.pos && value === "");
    else if (code === 92) value += readEscape(c);
    else if (double || c.text.charCodeAt(c.pos + 1) !== 39) break;
    else {
      value += "'";
      c.pos += 2;
    }
  }
  c.pos++;
  return value;
}

function scanQuotedRun(c: Cursor, double: boolean): void {
  for (; ; c.pos++) {
    const code = c.text.charCodeAt(c.pos);
    if (code === 10 || Number.isNaN(code)) return;
    if (double ? code === 34 || code === 92 : code === 39) return;
  }
}

/** Line ends inside quotes: one becomes a space, more become one less; blanks around them fall away. */
function foldQuoted(c: Cursor, value: string, keep: boolean): string {
  const trimmed = keep ? value : value.replace(/[ \t]{1,1000}$/, "");
  const breaks = skipBreaks(c);
  return trimmed + (breaks === 1 ? " " : "\n".repeat(breaks - 1));
}

function skipBreaks(c: Cursor): number {
  let breaks = 0;
  while (c.text.charCodeAt(c.pos) === 10) {
    breaks++;
    nextLine(c, c.pos);
    c.pos = skipBlanks(c.text, c.pos);
  }
  return breaks;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["0", "\0"],
  ["a", "\x07"],
  ["b", "\b"],
  ["t", "\t"],
  ["\t", "\t"],
  ["n", "\n"],
  ["v", "\v"],
  ["f", "\f"],
  ["r", "\r"],
  ["e", "\x1b"],
  [" ", " "],
  ['"', '"'],
  ["'", "'"],
  ["/", "/"],
  ["\\", "\\"],
  ["N", "\u0085"],
  ["_", "\u00a0"],
  ["L", "\u2028"],
  ["P", "\u2029"],
]);

function readEscape(c: Cursor): string {
  const letter = c.text.charAt(c.pos + 1);
  c.pos += 2;
  if (letter === "\n") {
    c.pos--;
    const breaks = skipBreaks(c);
    return "\n".repeat(breaks - 1);
  }
  const simple = escapes.get(letter);
  if (simple !== undefined) return simple;
  const digits = letter === "x" ? 2 : letter === "u" ? 4 : letter === "U" ? 8 : 0;
  if (digits === 0) throw new DocumentFault("found unknown escape character", c.line);
  const hex = c.text.slice(c.pos, c.pos + digits);
  if (hex.length < digits || !/^[0-9a-fA-F]+$/.test(hex)) {
    throw new DocumentFault("did not find expected hexdecimal number", c.line);
  }
  c.pos += digits;
  const point = Number.parseInt(hex, 16);
  if (point > 0x10ffff) throw new DocumentFault("found invalid Unicode character escape code", c.line);
  return String.fromCodePoint(point);
}

export interface BlockScalar {
  readonly value: string;
  /** First line of the content when the scalar is literal and its lines are the value's lines; 0 otherwise. */
  readonly content: number;
}

/** A `|` or `>` scalar; `indent` is the column of the collection it stands in (-1 at the top). */
export function readBlockScalar(c: Cursor, indent: number): BlockScalar {
  const folded = c.text.charCodeAt(c.pos) === 62;
  const { chomp, explicit } = readHeader(c);
  const content = c.line;
  const least = explicit > 0 ? Math.max(indent, 0) + explicit : detectIndent(c, indent);
  const lines = blockLines(c, least);
  let last = lines.length;
  while (last > 0 && lines[last - 1] === "") last--;
  const body = folded ? foldLines(lines.slice(0, last)) : lines.slice(0, last).join("\n");
  const tail =
    chomp === "+"
      ? "\n".repeat(lines.length - last + (last > 0 ? 1 : 0))
      : last > 0 && chomp !== "-"
        ? "\n"
        : "";
  return { value: body + tail, content: folded ? 0 : content };
}

function readHeader(c: Cursor): { chomp: string; explicit: number } {
  c.pos++;
  let chomp = "";
  let explicit = 0;
  for (; ; c.pos++) {
    const char = c.text.charAt(c.pos);
    if (char === "+" || char === "-") chomp = char;
    else if (char >= "1" && char <= "9") explicit = Number(char);
    else break;
  }
  const at = skipBlanks(c.text, c.pos);
  const code = c.text.charCodeAt(at);
  if (code !== 10 && code !== 35 && !Number.isNaN(code)) {
    throw new DocumentFault("did not find expected comment or line break", c.line);
  }
  nextLine(c, c.text.indexOf("\n", at));
  return { chomp, explicit };
}

/** Column of the first line with content, at least one deeper than the collection around it. */
function detectIndent(c: Cursor, indent: number): number {
  const { text } = c;
  let most = 0;
  for (let lineStart = c.pos; lineStart < text.length; ) {
    let at = lineStart;
    while (text.charCodeAt(at) === 32) at++;
    const code = text.charCodeAt(at);
    most = Math.max(most, at - lineStart);
    if (code === 9 && at - lineStart < Math.max(indent + 1, 1)) {
      const line = c.line + countBreaks(text, c.pos, lineStart);
      throw new DocumentFault("found a tab character where an indentation space is expected", line);
    }
    if (code !== 10 && !Number.isNaN(code)) break;
    lineStart = at + 1;
  }
  return Math.max(most, indent + 1, 1);
}

function countBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

function blockLines(c: Cursor, indent: number): string[] {
  const { text } = c;
  const lines: string[] = [];
  while (!atEnd(c)) {
    let at = c.pos;
    while (at - c.pos < indent && text.charCodeAt(at) === 32) at++;
    const code = text.charCodeAt(at);
    if (code !== 10 && at - c.pos < indent && !Number.isNaN(code)) break;
    const end = text.indexOf("\n", at);
    lines.push(text.slice(at, end < 0 ? text.length : end));
    nextLine(c, end);
  }
  return lines;
}

/** Folding of `>`: single line ends become spaces, except around more indented lines. */
function foldLines(lines: readonly string[]): string {
  let value = "";
  let pending = 0;
  let before: string | undefined;
  for (const line of lines) {
    if (line === "") {
      pending++;
      continue;
    }
    if (before !== undefined) {
      const keeps = isIndented(before) || isIndented(line);
      value += keeps ? "\n".repeat(pending + 1) : pending === 0 ? " " : "\n".repeat(pending);
    } else value += "\n".repeat(pending);
    value += line;
    pending = 0;
    before = line;
  }
  return value;
}

function isIndented(line: string): boolean {
  return line.startsWith(" ") || line.startsWith("\t");
}
