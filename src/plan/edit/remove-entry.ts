// Takes a pair out of a mapping or an item out of a list, with its own lines and nothing else.
import { applyPatches, lineEnd, lineStart, type Patch, removeLines } from "./patch.ts";
import type { Mapping, Sequence } from "./tree.ts";

interface Entry {
  readonly start: number;
  readonly end: number;
}

/** `valueAt`: behind the colon or dash that leads to the collection; undefined for the root of a document. */
export function removeEntry(
  text: string,
  owner: Mapping | Sequence,
  index: number,
  valueAt: number | undefined,
): string {
  const entries: readonly Entry[] = owner.kind === "mapping" ? owner.pairs : owner.items;
  const entry = entries[index];
  if (!entry) throw new RangeError(`no entry ${index}`);
  if (owner.flow) return applyPatches(text, fromFlow(text, owner, entries, index));
  if (entries.length === 1) return applyPatches(text, emptied(text, owner, valueAt));
  const next = entries[index + 1];
  const besideDash = text.slice(lineStart(text, entry.start), entry.start).trim() !== "";
  if (besideDash && next) return applyPatches(text, [besideDashPatch(text, entry, next)]);
  return applyPatches(text, [removeLines(text, entry.start, entry.end)]);
}

/** `- a: 1` with more keys below: the next key moves up to the dash, unless comments stand between them. */
function besideDashPatch(text: string, entry: Entry, next: Entry): Patch {
  const between = text.slice(lineEnd(text, entry.end), lineStart(text, next.start));
  if (between.trim() === "") return { from: entry.start, to: next.start, text: "" };
  const blank = /[ \t]*$/.exec(text.slice(lineStart(text, entry.start), entry.start))?.[0].length ?? 0;
  return { from: entry.start - blank, to: lineEnd(text, entry.end), text: "" };
}

/** What was the only entry leaves an empty collection, not nothing. */
function emptied(text: string, owner: Mapping | Sequence, valueAt: number | undefined): Patch[] {
  const empty = owner.kind === "mapping" ? "{}" : "[]";
  const besideDash = text.slice(lineStart(text, owner.start), owner.start).trim() !== "";
  if (besideDash || valueAt === undefined) return [{ from: owner.start, to: owner.end, text: empty }];
  return [{ from: valueAt, to: valueAt, text: ` ${empty}` }, removeLines(text, owner.start, owner.end)];
}

function fromFlow(
  text: string,
  owner: Mapping | Sequence,
  entries: readonly Entry[],
  index: number,
): Patch[] {
  const entry = entries[index] as Entry;
  const previous = entries[index - 1];
  const next = entries[index + 1];
  if (!previous && !next) return [{ from: owner.start + 1, to: owner.end - 1, text: "" }];
  const behind = text.slice(entry.end, next?.start ?? owner.end - 1);
  const comma = /^[ \t]*,/.exec(behind)?.[0].length;
  const tail = text.slice(entry.end + (comma ?? 0), lineEnd(text, entry.end));
  const ownLines =
    isAlone(text, entry.start) && /^[ \t]*(#.*)?$/.test(tail) && owner.end > lineEnd(text, entry.end);
  if (!ownLines) {
    const isPlain = previous && !/[#\n]/.test(text.slice(previous.end, entry.start));
    if (next && !isPlain) return [{ from: entry.start, to: next.start, text: "" }];
    return [{ from: previous?.end ?? entry.start, to: entry.end, text: "" }];
  }
  const gone = removeLines(text, entry.start, entry.end);
  if (comma !== undefined || !previous) return [gone];
  const between = /^[ \t]*,/.exec(text.slice(previous.end, entry.start))?.[0].length ?? 0;
  return [{ from: previous.end, to: previous.end + between, text: "" }, gone];
}

function isAlone(text: string, offset: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset));
}
