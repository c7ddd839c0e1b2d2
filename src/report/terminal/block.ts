// Prose with a hanging indent, lists and commands: the few shapes terminal pages are put together from.
import type { Ink } from "../text/ink.ts";
import { columns, wrap } from "../text/width.ts";

/** No printable text contains it. */
const held = "\0";

/** Wraps `text` behind `first`; following rows start with `rest`. Prefixes may be coloured, `lead` is their plain width. */
export function hanging(
  ink: Ink,
  first: string,
  rest: string,
  text: string,
  paint: (row: string) => string = (row) => row,
): string[] {
  const lead = columns(plain(rest));
  // The first row may have less room: a filler holds its place while the text is wrapped.
  const filler = held.repeat(Math.max(0, columns(plain(first)) - lead));
  return wrap(filler + text, ink.width - lead).map((row, index) =>
    `${index === 0 ? first : rest}${paint(row.replaceAll(held, ""))}`.trimEnd(),
  );
}

/** A command stays on one line however long it is: a wrapped command cannot be pasted. */
export function command(ink: Ink, indent: string, text: string): string[] {
  return ink
    .lines(text.trim())
    .map((line, index) => `${indent}${index === 0 ? "$ " : "  "}${ink.bold(line)}`.trimEnd());
}

export function section(ink: Ink, title: string): string {
  return `  ${ink.bold(title)}`;
}

/** Some names and how many more there are. */
export function listNames(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

export function plain(text: string): string {
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}
