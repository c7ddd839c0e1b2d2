// A row of a `kubectl get` table, ready to be turned into a fact.
import type { Place } from "../../model/place.ts";
import type { ResourceType } from "./resource-names.ts";
import type { Cells } from "./table-row.ts";

export interface Row {
  readonly at: Place;
  readonly type: ResourceType;
  readonly name: string;
  readonly namespace?: string;
  readonly cells: Cells;
  /** Columns the table has, also where this row's cell is empty. */
  readonly columns: ReadonlySet<string>;
}

/** The cell, unless kubectl wrote that there is nothing. */
export function shown(row: Row, column: string): string | undefined {
  const text = row.cells[column];
  return text === undefined || /^<(?:none|unset|unknown|pending|invalid|nil)>$/.test(text) ? undefined : text;
}

export function count(row: Row, column: string): number | undefined {
  const text = row.cells[column];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** `1/2`, as in READY and COMPLETIONS. */
export function fraction(text: string | undefined): readonly [number, number] | undefined {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text ?? "");
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** `a=b,c=d`, as in LABELS and SELECTOR. `<none>` is an answer: none. */
export function parseLabels(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  if (text === "<none>") return {};
  const labels: Record<string, string> = {};
  for (const part of text.split(",")) {
    const equals = part.indexOf("=");
    if (equals > 0) labels[part.slice(0, equals).trim()] = part.slice(equals + 1).trim();
  }
  return Object.keys(labels).length > 0 ? labels : undefined;
}

/** Leaves out what is undefined, so that merging facts never overwrites knowledge with nothing. */
export function known<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in fields) {
    if (fields[key] !== undefined) result[key] = fields[key] as Exclude<T[typeof key], undefined>;
  }
  return result;
}
