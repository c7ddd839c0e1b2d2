// Remembers on which line every key of a parsed document stands; the pointer → line map is only built when asked for.
import { pointerStep } from "../../model/json-value.ts";
import type { LineIndex } from "../../model/kubernetes.ts";

/** Entries in reading order (parents first); an entry's descendants follow it directly, so a subtree is one stretch. */
export interface LineLog {
  readonly parents: number[];
  readonly keys: (string | number)[];
  readonly lines: number[];
  /** First content line of a literal block scalar (`|`), 0 for everything else. */
  readonly contents: number[];
}

/** The document itself; parent of the top-level entries. */
export const rootEntry = -1;

export function newLineLog(): LineLog {
  return { parents: [], keys: [], lines: [], contents: [] };
}

/** Notes that `key` of the entry `parent` stands on `line`; returns the entry's id. */
export function logEntry(log: LineLog, parent: number, key: string | number, line: number): number {
  log.parents.push(parent);
  log.keys.push(key);
  log.lines.push(line);
  log.contents.push(0);
  return log.keys.length - 1;
}

/** Repeats the entries below `from` (the stretch from+1 … to-1) below `onto`: what an alias or a merge key does. */
export function copyEntries(log: LineLog, from: number, to: number, onto: number): void {
  const offset = log.keys.length - (from + 1);
  for (let id = from + 1; id < to; id++) {
    const parent = log.parents[id] ?? rootEntry;
    log.parents.push(parent === from ? onto : parent + offset);
    log.keys.push(log.keys[id] ?? "");
    log.lines.push(log.lines[id] ?? 0);
    log.contents.push(log.contents[id] ?? 0);
  }
}

/** JSON pointer of one entry. */
export function pointerOf(log: LineLog, id: number): string {
  let pointer = "";
  for (let at = id; at >= 0; at = log.parents[at] ?? rootEntry) {
    pointer = `/${pointerStep(log.keys[at] ?? "")}${pointer}`;
  }
  return pointer;
}

/** All pointers with the chosen number (line or content line), shifted to lines of the source. */
export function indexOf(log: LineLog, what: "lines" | "contents", shift: number): LineIndex {
  const index: Record<string, number> = {};
  const pointers: string[] = [];
  for (let id = 0; id < log.keys.length; id++) {
    const parent = log.parents[id] ?? rootEntry;
    const pointer = `${parent < 0 ? "" : (pointers[parent] ?? "")}/${pointerStep(log.keys[id] ?? "")}`;
    pointers.push(pointer);
    const line = log[what][id] ?? 0;
    if (line > 0) index[pointer] = line + shift;
  }
  return index;
}

export { pointerStep as escapePointer } from "../../model/json-value.ts";
