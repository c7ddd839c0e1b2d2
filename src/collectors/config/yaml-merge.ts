// YAML merge keys: `<<: *base` takes over the keys a mapping does not set itself, with their lines.
import { DocumentFault } from "./document-fault.ts";
import { setKey } from "./json-reader.ts";
import { copyEntries, rootEntry } from "./line-log.ts";
import { addEntry, type Cursor } from "./yaml-cursor.ts";

/** A merge key as read: its value, and the stretch of the line log that belongs to it. */
export interface Merge {
  readonly value: unknown;
  readonly entry: number;
  readonly to: number;
}

/** `<<: *base`: keys that the mapping does not set itself. Earlier sources win, as the YAML merge type says. */
export function mergeInto(c: Cursor, map: Record<string, unknown>, id: number, merge: Merge): void {
  const sources = Array.isArray(merge.value) ? merge.value : [merge.value];
  for (const [index, source] of sources.entries()) {
    if (source === null || typeof source !== "object" || Array.isArray(source)) {
      throw new DocumentFault(
        "map merge requires map or sequence of maps as the value",
        c.log.lines[merge.entry] ?? c.line,
      );
    }
    const parent = Array.isArray(merge.value) ? childOf(c, merge, index) : merge.entry;
    for (const [key, value] of Object.entries(source)) {
      if (Object.hasOwn(map, key)) continue;
      setKey(map, key, value);
      copyMerged(c, id, parent, merge.to, key);
    }
  }
}

function childOf(c: Cursor, merge: Pick<Merge, "entry" | "to">, key: string | number): number {
  for (let id = merge.entry + 1; id < merge.to; id++) {
    if (c.log.parents[id] === merge.entry && c.log.keys[id] === key) return id;
  }
  return merge.entry;
}

function copyMerged(c: Cursor, id: number, parent: number, to: number, key: string): void {
  const from = childOf(c, { entry: parent, to }, key);
  if (from === parent) return;
  let end = from + 1;
  while (end < to && (c.log.parents[end] ?? rootEntry) >= from) end++;
  const entry = addEntry(c, id, key, c.log.lines[from] ?? 0);
  c.log.contents[entry] = c.log.contents[from] ?? 0;
  copyEntries(c.log, from, end, entry);
}
