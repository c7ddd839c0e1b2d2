// Edits inside a quoted string that holds a file: which character of the source every character of the file is.
import { diffArrays } from "diff";
import { applyPatches, type Patch } from "./patch.ts";
import { doubleQuoted, quoted } from "./scalar.ts";
import type { Scalar } from "./tree.ts";

/** The source with the string's value changed from `scalar.text` to `wanted`; the rest of the string keeps its spelling. */
export function writeQuoted(text: string, scalar: Scalar, wanted: string): string {
  const spots = scalar.style === "double" ? decodeDouble(text, scalar) : decodeSingle(text, scalar);
  const known = spots.map((spot) => spot.char).join("") === scalar.text;
  const canStay = known && (scalar.style === "double" || !/[\n\r]/.test(wanted));
  if (!canStay) {
    const written = scalar.style === "double" ? doubleQuoted(wanted) : quoted(wanted, "single");
    return applyPatches(text, [{ from: scalar.start, to: scalar.end, text: written }]);
  }
  const offsetOf = (at: number): number => spots[at]?.from ?? scalar.end - 1;
  const patches = hunks(scalar.text, wanted).map((hunk): Patch => {
    const from = offsetOf(hunk.from);
    const to = hunk.to > hunk.from ? (spots[hunk.to - 1]?.to ?? scalar.end - 1) : from;
    const inner =
      scalar.style === "double" ? doubleQuoted(hunk.text).slice(1, -1) : hunk.text.replaceAll("'", "''");
    return { from, to, text: inner };
  });
  return applyPatches(text, patches);
}

interface Spot {
  readonly char: string;
  readonly from: number;
  readonly to: number;
}

const escapes: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  t: "\t",
  "\t": "\t",
  n: "\n",
  v: "\v",
  f: "\f",
  r: "\r",
  e: "\x1b",
  " ": " ",
  '"': '"',
  "/": "/",
  "\\": "\\",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};
const widths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

function decodeDouble(text: string, scalar: Scalar): Spot[] {
  const spots: Spot[] = [];
  const end = scalar.end - 1;
  for (let at = scalar.start + 1; at < end; ) {
    const code = text.charCodeAt(at);
    if (isWhite(code)) at = readWhite(text, at, end, spots);
    else if (code !== backslash) at = push(spots, text[at] ?? "", at, at + 1);
    else if (isBreak(text.charCodeAt(at + 1))) at = skipWhite(text, at + 1, end);
    else at = readEscape(text, at, spots);
  }
  return spots;
}

const backslash = 92;

function readEscape(text: string, at: number, spots: Spot[]): number {
  const sign = text[at + 1] ?? "";
  const width = widths[sign];
  const to = at + 2 + (width ?? 0);
  const decoded =
    width === undefined ? (escapes[sign] ?? sign) : String.fromCodePoint(codeOf(text.slice(at + 2, to)));
  for (const unit of decoded.split("")) push(spots, unit, at, to);
  return to;
}

function push(spots: Spot[], char: string, from: number, to: number): number {
  spots.push({ char, from, to });
  return to;
}

function codeOf(hex: string): number {
  const code = Number.parseInt(hex, 16);
  return code >= 0 && code <= 0x10ffff ? code : 0xfffd;
}

function decodeSingle(text: string, scalar: Scalar): Spot[] {
  const spots: Spot[] = [];
  const end = scalar.end - 1;
  for (let at = scalar.start + 1; at < end; ) {
    if (isWhite(text.charCodeAt(at))) at = readWhite(text, at, end, spots);
    else at = push(spots, text[at] ?? "", at, text.startsWith("''", at) ? at + 2 : at + 1);
  }
  return spots;
}

/** A run of blanks is itself; with line breaks in it, it is a space, or as many line breaks as blank lines follow. */
function readWhite(text: string, at: number, end: number, spots: Spot[]): number {
  const to = skipWhite(text, at, end);
  const breaks = text.slice(at, to).split("\n").length - 1;
  if (breaks === 0) {
    for (let i = at; i < to; i++) push(spots, text[i] ?? "", i, i + 1);
    return to;
  }
  for (const char of breaks === 1 ? " " : "\n".repeat(breaks - 1)) push(spots, char, at, to);
  return to;
}

function skipWhite(text: string, from: number, end: number): number {
  let to = from;
  while (to < end && isWhite(text.charCodeAt(to))) to++;
  return to;
}

function isWhite(code: number): boolean {
  return code === 32 || code === 9 || isBreak(code);
}

function isBreak(code: number): boolean {
  return code === 10 || code === 13;
}

/** The differences of two texts: by lines first, then narrowed to the characters that differ. */
function hunks(before: string, after: string): Patch[] {
  const found: Patch[] = [];
  let from = 0;
  let gone = "";
  let fresh = "";
  const close = (): void => {
    if (gone !== fresh) found.push(narrowed(from, gone, fresh));
    from += gone.length;
    gone = "";
    fresh = "";
  };
  for (const part of diffArrays(splitLines(before), splitLines(after))) {
    const joined = part.value.join("");
    if (part.removed) gone += joined;
    else if (part.added) fresh += joined;
    else {
      close();
      from += joined.length;
    }
  }
  close();
  return found;
}

function splitLines(text: string): string[] {
  return text.split(/(?<=\n)/);
}

function narrowed(from: number, gone: string, fresh: string): Patch {
  let head = 0;
  while (head < gone.length && head < fresh.length && gone[head] === fresh[head]) head++;
  let tail = 0;
  while (
    tail < gone.length - head &&
    tail < fresh.length - head &&
    gone[gone.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  )
    tail++;
  return { from: from + head, to: from + gone.length - tail, text: fresh.slice(head, fresh.length - tail) };
}
