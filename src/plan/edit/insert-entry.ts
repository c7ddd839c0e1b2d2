// Adds a pair to a mapping or an item to the end of a list, in the style of its neighbours.
import { applyPatches, eolAt, insertLinesAfter, lineEnd, lineStart, type Patch } from "./patch.ts";
import { type Quotes, quoted } from "./scalar.ts";
import type { Style } from "./style.ts";
import { childrenOf, type Mapping, type Sequence } from "./tree.ts";
import { blockText, flowPair, flowText, inlineText, isFilled, keyText } from "./write-value.ts";

export function insertPair(
  text: string,
  mapping: Mapping,
  name: string,
  value: unknown,
  style: Style,
): string {
  if (mapping.flow) {
    return applyPatches(
      text,
      intoFlow(text, mapping, mapping.pairs, style, (multi, indent, eol) =>
        flowPair(name, value, keyStyle(text, mapping, style), multi && isFilled(value), indent, eol),
      ),
    );
  }
  const { inline, lines } = blockText(value, mapping.column, style, "key");
  const head = `${" ".repeat(mapping.column)}${keyText(name, style, false)}:${inline ? ` ${inline}` : ""}`;
  return applyPatches(text, [insertLinesAfter(text, mapping.end, [head, ...lines])]);
}

export function appendItem(text: string, sequence: Sequence, value: unknown, style: Style): string {
  const quotes = sharedQuotes(sequence);
  if (sequence.flow) {
    return applyPatches(
      text,
      intoFlow(text, sequence, sequence.items, style, (multi, indent, eol) =>
        quotes && typeof value === "string"
          ? quoted(value, quotes)
          : flowText(value, style, multi && isFilled(value), indent, eol),
      ),
    );
  }
  const { inline, lines } =
    typeof value === "string" && quotes && !value.includes("\n")
      ? { inline: inlineText(value, style, quotes, true), lines: [] }
      : blockText(value, sequence.column, style, "dash");
  const head = `${" ".repeat(sequence.column)}-${inline ? style.dashGap + inline : ""}`;
  return applyPatches(text, [insertLinesAfter(text, sequence.end, [head, ...lines])]);
}

/** In `{"a": 1}` the next key is quoted too. */
function keyStyle(text: string, mapping: Mapping, style: Style): Style {
  return mapping.pairs.length > 0 && mapping.pairs.every((pair) => text[pair.start] === '"')
    ? { ...style, json: true }
    : style;
}

/** Where all items are quoted alike, the next one is quoted too. */
function sharedQuotes(sequence: Sequence): Quotes | undefined {
  const styles = new Set(
    sequence.items.map(({ value }) => (value.kind === "scalar" ? value.style : "other")),
  );
  if (styles.size !== 1) return undefined;
  if (styles.has("double")) return "double";
  return styles.has("single") ? "single" : undefined;
}

function intoFlow(
  text: string,
  node: Mapping | Sequence,
  entries: readonly { readonly start: number; readonly end: number }[],
  style: Style,
  write: (multi: boolean, indent: string, eol: string) => string,
): Patch[] {
  const eol = eolAt(text, node.start);
  const last = entries.at(-1);
  const close = node.end - 1;
  if (!last) return [{ from: node.start + 1, to: close, text: write(false, "", eol) }];
  const hasComma = startsWithComma(text.slice(last.end, close));
  const ownLine = /^[ \t]*$/.test(text.slice(lineStart(text, last.start), last.start));
  const spans = text.slice(last.end, close).includes("\n");
  if (ownLine && spans) {
    const indent = text.slice(lineStart(text, last.start), last.start);
    const written = indent + write(spreads(text, node, style), indent, eol) + (hasComma ? "," : "");
    const at = lineEnd(text, last.end);
    const comma: Patch[] = hasComma ? [] : [{ from: last.end, to: last.end, text: "," }];
    return [...comma, { from: at, to: at, text: eol + written }];
  }
  const at = hasComma ? last.end + 1 + text.slice(last.end, close).indexOf(",") : last.end;
  const gap = entries.length > 1 ? gapBefore(text, entries) : style.colonGap && " ";
  return [{ from: at, to: at, text: `${hasComma ? "" : ","}${gap}${write(false, "", eol)}` }];
}

/** Is a collection spread over lines here? As its siblings are; without siblings only in JSON. */
function spreads(text: string, node: Mapping | Sequence, style: Style): boolean {
  const siblings = childrenOf(node).filter((child) => child.kind === "mapping" || child.kind === "sequence");
  if (siblings.length === 0) return style.json;
  return siblings.some((child) => text.slice(child.start, child.end).includes("\n"));
}

function startsWithComma(rest: string): boolean {
  return /^(?:[ \t\r\n]|#[^\n]*\n)*,/.test(rest);
}

/** The blank between two entries, as the last two show it. */
function gapBefore(
  text: string,
  entries: readonly { readonly start: number; readonly end: number }[],
): string {
  const [before, last] = entries.slice(-2);
  if (!before || !last) return " ";
  const between = text.slice(before.end, last.start);
  return /^[ \t]*,([ \t]*)$/.exec(between)?.[1] ?? " ";
}
