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
    const fold = foldAt(text, at, end);
    if (fold) {
      spots.push(...fold.spots);
      at = fold.to;
      continue;
    }
    const char = text[at] ?? "";
    if (char !== "\\") {
      spots.push({ char, from: at, to: at + 1 });
      at++;
      continue;
    }
    const escaped = /^\\\r?\n[ \t]*/.exec(text.slice(at, at + 2000));
    if (escaped) {
      at += escaped[0].length;
      continue;
    }
    const sign = text[at + 1] ?? "";
    const width = widths[sign];
    const to = at + 2 + (width ?? 0);
    const decoded =
      width === undefined ? (escapes[sign] ?? sign) : String.fromCodePoint(codeOf(text.slice(at + 2, to)));
    for (const unit of decoded.split("")) spots.push({ char: unit, from: at, to });
    at = to;
  }
  return spots;
}

function codeOf(hex: string): number {
  const code = Number.parseInt(hex, 16);
  return code >= 0 && code <= 0x10ffff ? code : 0xfffd;
}

function decodeSingle(text: string, scalar: Scalar): Spot[] {
  const spots: Spot[] = [];
  const end = scalar.end - 1;
  for (let at = scalar.start + 1; at < end; ) {
    const fold = foldAt(text, at, end);
    if (fold) {
      spots.push(...fold.spots);
      at = fold.to;
      continue;
    }
    const width = text.startsWith("''", at) ? 2 : 1;
    spots.push({ char: text[at] ?? "", from: at, to: at + width });
    at += width;
  }
  return spots;
}

/** A line break inside quotes is a space, or as many line breaks as blank lines follow. */
function foldAt(text: string, at: number, end: number): { spots: Spot[]; to: number } | undefined {
  if (!/[ \t\r\n]/.test(text[at] ?? "")) return undefined;
  const white = /^[ \t]*\r?\n(?:[ \t]*\r?\n)*[ \t]*/.exec(text.slice(at, Math.min(end, at + 10_000)))?.[0];
  if (white === undefined) return undefined;
  const to = at + white.length;
  const breaks = white.split("\n").length - 1;
  const char = breaks === 1 ? " " : "\n".repeat(breaks - 1);
  return { spots: char.split("").map((unit) => ({ char: unit, from: at, to })), to };
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
