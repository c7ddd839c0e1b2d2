// Puts a value in the place of another, touching only the characters of the old one.
import {
  applyPatches,
  eolAt,
  insertLinesAfter,
  lineEnd,
  lineStart,
  nextLine,
  type Patch,
  removeLines,
} from "./patch.ts";
import { headerEnd, literalPatches } from "./replace-literal.ts";
import { doubleQuoted, isTimeLike, quoted, type ScalarValue, scalarText } from "./scalar.ts";
import type { Style } from "./style.ts";
import type { Node, Scalar } from "./tree.ts";
import { blockText, flowText, inlineText, isBlockText, isFilled } from "./write-value.ts";

/** A value with what must be known of its surroundings. */
export interface Slot {
  readonly value: Node;
  /** Behind the colon or dash, tag and anchor. */
  readonly valueAt: number;
  readonly inFlow: boolean;
  /** Column of the key or dash the value belongs to. */
  readonly column: number;
  readonly below: "key" | "dash";
  /** False for a key of a flow mapping without colon (`{a}`). */
  readonly hasColon: boolean;
}

export function replaceValue(text: string, slot: Slot, wanted: unknown, style: Style): string {
  if (slot.inFlow) return applyPatches(text, [flowPatch(text, slot, wanted, style)]);
  return applyPatches(text, blockPatches(text, slot, wanted, style));
}

function flowPatch(text: string, slot: Slot, wanted: unknown, style: Style): Patch {
  const { value } = slot;
  const written =
    typeof wanted === "string" && value.kind === "scalar"
      ? stringLike(wanted, value, style, true)
      : flowText(
          wanted,
          style,
          isFilled(wanted) && spansLines(text, value),
          indentOf(text, value.start),
          eolAt(text, value.start),
        );
  if (value.end > value.start) return { from: value.start, to: value.end, text: written };
  const lead = slot.hasColon ? (style.json ? style.colonGap : " ") : ": ";
  return { from: slot.valueAt, to: slot.valueAt, text: lead + written };
}

function spansLines(text: string, value: Node): boolean {
  return value.kind !== "scalar" && text.slice(value.start, value.end).includes("\n");
}

function indentOf(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? "";
}

/** A string written like the one it replaces. */
function stringLike(wanted: string, old: Scalar, style: Style, inFlow: boolean): string {
  if (style.json) return doubleQuoted(wanted);
  if (old.style === "double") return doubleQuoted(wanted);
  if (old.style === "single") return quoted(wanted, "single");
  // A date in the place of an unquoted date is read as the old one was.
  if (!inFlow && old.style === "plain" && isTimeLike(old.text) && isTimeLike(wanted)) return wanted;
  return scalarText(wanted, { quotes: style.quotes, inFlow });
}

function blockPatches(text: string, slot: Slot, wanted: unknown, style: Style): Patch[] {
  const { value } = slot;
  if (
    value.kind === "scalar" &&
    value.style === "literal" &&
    typeof wanted === "string" &&
    isBlockText(wanted)
  )
    return literalPatches(text, value, wanted);
  const fresh = freshText(slot, wanted, style);
  if (value.kind === "mapping" || value.kind === "sequence") {
    if (!value.flow) return overBlock(text, slot, fresh);
  } else if (value.kind === "scalar" && (value.style === "literal" || value.style === "folded")) {
    return overBlockScalar(text, slot, fresh);
  }
  return overInline(text, slot, fresh);
}

interface Fresh {
  readonly inline: string;
  readonly lines: readonly string[];
}

function freshText(slot: Slot, wanted: unknown, style: Style): Fresh {
  const { value } = slot;
  if (typeof wanted === "string" && !isBlockText(wanted) && value.kind === "scalar")
    return { inline: stringLike(wanted, value, style, false), lines: [] };
  if (value.kind !== "scalar" && value.kind !== "alias" && value.flow && isFilled(wanted))
    return { inline: flowText(wanted, style, false), lines: [] };
  if (!isFilled(wanted) && typeof wanted !== "string")
    return { inline: inlineText(wanted as ScalarValue, style), lines: [] };
  return blockText(wanted, slot.column, style, slot.below);
}

/** The old value stands on the line of its key (or below it) as one token. */
function overInline(text: string, slot: Slot, fresh: Fresh): Patch[] {
  const { value } = slot;
  const isEmpty = value.end === value.start;
  const lines = fresh.lines.length > 0 ? [insertLinesAfter(text, value.end, fresh.lines)] : [];
  if (fresh.inline !== "") {
    if (isEmpty) return [{ from: slot.valueAt, to: slot.valueAt, text: ` ${fresh.inline}` }, ...lines];
    return [{ from: value.start, to: value.end, text: fresh.inline }, ...lines];
  }
  if (isEmpty) return lines;
  const rest = text.slice(value.end, lineEnd(text, value.end));
  const onOwnLine = text.slice(slot.valueAt, value.start).includes("\n");
  const from = rest.trim() === "" && !onOwnLine ? slot.valueAt : value.start;
  return [{ from, to: value.end, text: "" }, ...lines];
}

/** The old value is a block collection on lines of its own, or begins behind a dash. */
function overBlock(text: string, slot: Slot, fresh: Fresh): Patch[] {
  const { value } = slot;
  const isBesideDash = text.slice(lineStart(text, value.start), value.start).trim() !== "";
  if (isBesideDash) {
    const eol = eolAt(text, value.start);
    const written = [fresh.inline, ...fresh.lines].filter((line, i) => i > 0 || line !== "").join(eol);
    return [{ from: value.start, to: value.end, text: written }];
  }
  const gone = removeLines(text, value.start, value.end);
  const head: Patch[] =
    fresh.inline === "" ? [] : [{ from: slot.valueAt, to: slot.valueAt, text: ` ${fresh.inline}` }];
  if (fresh.lines.length === 0) return [...head, gone];
  const eol = eolAt(text, value.start);
  const open = gone.to === text.length && !text.endsWith("\n");
  return [...head, { ...gone, text: fresh.lines.join(eol) + (open ? "" : eol) }];
}

function overBlockScalar(text: string, { value, valueAt }: Slot, fresh: Fresh): Patch[] {
  const header = headerEnd(text, value.start);
  const isBare = fresh.inline === "" && text.slice(header, lineEnd(text, header)).trim() === "";
  const body = nextLine(text, value.start);
  const lines = fresh.lines;
  const eol = eolAt(text, value.start);
  const head: Patch = { from: isBare ? valueAt : value.start, to: header, text: fresh.inline };
  if (value.end < body) return lines.length > 0 ? [head, insertLinesAfter(text, value.start, lines)] : [head];
  const to = nextLine(text, value.end);
  const open = to === text.length && !text.endsWith("\n");
  return [head, { from: body, to, text: lines.length > 0 ? lines.join(eol) + (open ? "" : eol) : "" }];
}
