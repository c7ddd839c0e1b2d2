// Reading values out of parsed configuration of any shape, with the place of each.
import type { ConfigDocument } from "../model/config.ts";
import { pointerStep } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";

/** The value below a path of keys; undefined when anything on the way is missing or of another shape. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

export function listAt(value: unknown, ...path: readonly (string | number)[]): readonly unknown[] {
  const found = valueAt(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textAt(value: unknown, ...path: readonly (string | number)[]): string | undefined {
  const found = valueAt(value, ...path);
  return typeof found === "string"
    ? found
    : typeof found === "number" || typeof found === "boolean"
      ? String(found)
      : undefined;
}

export function numberAt(value: unknown, ...path: readonly (string | number)[]): number | undefined {
  const text = textAt(value, ...path);
  const number = text === undefined || text.trim() === "" ? Number.NaN : Number(text);
  return Number.isNaN(number) ? undefined : number;
}

/** Where a key stands; the nearest known ancestor when the key itself has no line. */
export function placeOf(
  document: Pick<ConfigDocument, "at" | "lines">,
  ...path: readonly (string | number)[]
): Place {
  for (let depth = path.length; depth > 0; depth--) {
    const line = document.lines[pointerTo(path.slice(0, depth))];
    if (line !== undefined) return { source: document.at.source, line };
  }
  return document.at;
}

/** Of the items of a list, each with its line or that of the list: the way to them is walked once. */
export function placesOf(
  document: Pick<ConfigDocument, "at" | "lines">,
  path: readonly (string | number)[],
): (index: number) => Place {
  const list = pointerTo(path);
  const own = placeOf(document, ...path);
  const { lines } = document;
  const { source } = document.at;
  return (index) => {
    const line = lines[`${list}/${index}`];
    return line === undefined ? own : { source, line };
  };
}

function pointerTo(path: readonly (string | number)[]): string {
  return path.map((key) => `/${pointerStep(key)}`).join("");
}
