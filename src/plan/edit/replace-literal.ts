// Rewrites the text of a literal block scalar (`|`): lines that stay keep their bytes.
import { eolAt, insertLinesAfter, nextLine, type Patch } from "./patch.ts";
import type { Scalar } from "./tree.ts";
import { literal } from "./write-value.ts";

/** Offset behind `|`, `>-`, `|2+` and the like. */
export function headerEnd(text: string, start: number): number {
  return start + (/^[|>][-+\d]*/.exec(text.slice(start, start + 8))?.[0].length ?? 1);
}

export function literalPatches(text: string, value: Scalar, wanted: string): Patch[] {
  const indent = value.indent ?? 0;
  const fresh = literal(wanted, indent);
  const header = headerEnd(text, value.start);
  const indicator = /\d/.exec(text.slice(value.start, header))?.[0] ?? "";
  const head: Patch = { from: value.start, to: header, text: `|${indicator}${fresh.inline.slice(1)}` };
  const body = nextLine(text, value.start);
  if (value.end < body) return [head, insertLinesAfter(text, value.start, fresh.lines)];
  return [head, ...bodyPatches(text, body, value.end, fresh.lines, indent)];
}

function bodyPatches(
  text: string,
  body: number,
  end: number,
  fresh: readonly string[],
  indent: number,
): Patch[] {
  const old = linesOf(text, body, end);
  const shorter = Math.min(old.length, fresh.length);
  let first = 0;
  while (first < shorter && isKept(old[first], fresh[first], indent)) first++;
  let last = 0;
  while (last < shorter - first && isKept(old.at(-1 - last), fresh.at(-1 - last), indent)) last++;
  const eol = eolAt(text, body);
  const written = fresh.slice(first, fresh.length - last).join(eol);
  const gone = old.slice(first, old.length - last);
  const from = gone[0]?.from;
  const to = gone.at(-1)?.to;
  if (from === undefined || to === undefined) {
    if (fresh.length === old.length) return [];
    const before = old[first];
    return before
      ? [{ from: before.from, to: before.from, text: written + eol }]
      : [{ from: end, to: end, text: eol + written }];
  }
  if (first < fresh.length - last) return [{ from, to, text: written }];
  const next = old[old.length - last];
  if (next) return [{ from, to: next.from, text: "" }];
  return [{ from: old[first - 1]?.to ?? from, to, text: "" }];
}

interface Line {
  readonly from: number;
  /** Before the line break. */
  readonly to: number;
  readonly text: string;
}

function linesOf(text: string, from: number, end: number): Line[] {
  let at = from;
  return text
    .slice(from, end)
    .split("\n")
    .map((raw) => {
      const line = raw.replace(/\r$/, "");
      const found = { from: at, to: at + line.length, text: line };
      at += raw.length + 1;
      return found;
    });
}

/** Blank lines may be written with or without their indentation. */
function isKept(old: Line | undefined, fresh: string | undefined, indent: number): boolean {
  if (!old || fresh === undefined) return false;
  return old.text === fresh || (fresh === "" && old.text.trim() === "" && old.text.length <= indent);
}
