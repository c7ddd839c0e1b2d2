// New values as text: lines of block style, or the inside of a flow collection.
import { doubleQuoted, isPrintable, type ScalarValue, scalarText } from "./scalar.ts";
import type { Style } from "./style.ts";

type Data = ScalarValue | readonly Data[] | { readonly [key: string]: Data };

/** A value in block style: what follows the colon or dash on its own line, and whole lines below it. */
export interface BlockText {
  readonly inline: string;
  /** Without line breaks, indented. */
  readonly lines: readonly string[];
}

/** `indent`: column of the key (or dash) the value belongs to. */
export function blockText(value: unknown, indent: number, style: Style, below: "key" | "dash"): BlockText {
  const data = value as Data;
  if (typeof data === "string" && isBlockText(data)) return literal(data, indent + style.step);
  if (!isFilled(data)) return { inline: inlineText(data, style), lines: [] };
  if (below === "dash") return belowDash(data, indent, style);
  const column = Array.isArray(data) ? indent + style.dashStep : indent + style.step;
  return { inline: "", lines: linesOf(data, column, style) };
}

/** A scalar or an empty collection in block style. */
export function inlineText(value: unknown, style: Style, quotes = style.quotes, always = false): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "[]" : "{}";
  return scalarText(value as ScalarValue, { quotes, always, inFlow: false });
}

/** The first line of a collection stands on the line of the dash. */
function belowDash(data: Data, indent: number, style: Style): BlockText {
  const column = indent + 1 + style.dashGap.length;
  const [first = "", ...rest] = linesOf(data, column, style);
  return { inline: first.trimStart(), lines: rest };
}

function linesOf(data: Data, column: number, style: Style): string[] {
  const blank = " ".repeat(column);
  if (Array.isArray(data)) {
    return (data as readonly Data[]).flatMap((entry) => {
      const { inline, lines } = blockText(entry, column, style, "dash");
      return [`${blank}-${inline ? style.dashGap + inline : ""}`, ...lines];
    });
  }
  return Object.entries(data as { readonly [key: string]: Data }).flatMap(([name, entry]) => {
    const { inline, lines } = blockText(entry, column, style, "key");
    return [`${blank}${keyText(name, style, false)}:${inline ? ` ${inline}` : ""}`, ...lines];
  });
}

export function keyText(name: string, style: Style, inFlow: boolean): string {
  return style.json ? doubleQuoted(name) : scalarText(name, { quotes: style.quotes, inFlow });
}

/** Text of several lines reads best as it is; anything a literal block cannot hold is quoted instead. */
export function isBlockText(text: string): boolean {
  const inner = text.replace(/\n+$/, "");
  return (
    inner.includes("\n") && !/^\s|[^\S\n]\n|[^\S\n]$/.test(inner) && isPrintable(text.replaceAll("\n", ""))
  );
}

export function literal(text: string, column: number): BlockText {
  const blank = " ".repeat(column);
  const ends = /\n*$/.exec(text)?.[0].length ?? 0;
  const inner = ends === 0 ? text : text.slice(0, -1);
  return {
    inline: ends === 0 ? "|-" : ends === 1 ? "|" : "|+",
    lines: inner.split("\n").map((line) => (line === "" ? "" : blank + line)),
  };
}

/** A value on one line, or, with `multi`, spread over lines as pretty-printed JSON is. */
export function flowText(value: unknown, style: Style, multi: boolean, indent = "", eol = "\n"): string {
  const data = value as Data;
  if (typeof data !== "object" || data === null)
    return scalarText(data, {
      quotes: style.json ? "double" : style.quotes,
      always: style.json,
      inFlow: true,
    });
  const [open, close] = Array.isArray(data) ? ["[", "]"] : ["{", "}"];
  const inner = indent + style.flowUnit;
  const parts = Array.isArray(data)
    ? (data as readonly Data[]).map((entry) => flowText(entry, style, multi, inner, eol))
    : Object.entries(data).map(([name, entry]) => flowPair(name, entry, style, multi, inner, eol));
  if (parts.length === 0) return open + close;
  if (!multi) return `${open}${parts.join(style.colonGap === "" ? "," : ", ")}${close}`;
  return `${open}${parts.map((part) => `${eol}${inner}${part}`).join(",")}${eol}${indent}${close}`;
}

export function flowPair(
  name: string,
  value: unknown,
  style: Style,
  multi: boolean,
  indent: string,
  eol: string,
): string {
  return `${keyText(name, style, true)}:${style.json ? style.colonGap : style.colonGap || " "}${flowText(value, style, multi, indent, eol)}`;
}

export function isFilled(data: unknown): boolean {
  return typeof data === "object" && data !== null && Object.keys(data).length > 0;
}
