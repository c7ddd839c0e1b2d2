// One value of a configuration with the place where it is set, or the default that holds when nobody set it.
import type { ConfigDocument } from "../model/config.ts";
import { parseDuration } from "../model/duration.ts";
import { booleanOf, numberOf, textOf } from "../model/json-value.ts";
import type { Place } from "../model/place.ts";
import { placeOf, placesOf, valueAt } from "./config-value.ts";

/** A value that stands in a file. */
export interface Placed<T> {
  readonly value: T;
  readonly at: Place;
}

/** A value in force: `at` is missing when it is the component's default. */
export interface Setting<T> {
  readonly value: T;
  readonly at?: Place;
}

export type Path = readonly (string | number)[];
type Source = Pick<ConfigDocument, "at" | "lines" | "value">;

function placed<T>(doc: Source, path: Path, read: (value: unknown) => T | undefined): Placed<T> | undefined {
  const value = read(valueAt(doc.value, ...path));
  return value === undefined ? undefined : { value, at: placeOf(doc, ...path) };
}

export function placedText(doc: Source, ...path: Path): Placed<string> | undefined {
  return placed(doc, path, textOf);
}

export function placedNumber(doc: Source, ...path: Path): Placed<number> | undefined {
  return placed(doc, path, numberOf);
}

export function placedBoolean(doc: Source, ...path: Path): Placed<boolean> | undefined {
  return placed(doc, path, booleanOf);
}

/** A duration in milliseconds; undefined when it is missing or no duration. */
export function placedDuration(doc: Source, ...path: Path): Placed<number> | undefined {
  return placed(doc, path, (value) => {
    const text = textOf(value);
    return text === undefined ? undefined : parseDuration(text);
  });
}

/** The first that is set, else the default. */
export function settingOf<T>(fallback: T, ...candidates: readonly (Placed<T> | undefined)[]): Setting<T> {
  return candidates.find((candidate) => candidate !== undefined) ?? { value: fallback };
}

/** Texts of a list, each with its line. A single text counts as a list of one. */
export function placedTexts(doc: Source, ...path: Path): readonly Placed<string>[] {
  const value = valueAt(doc.value, ...path);
  if (!Array.isArray(value)) {
    const one = placedText(doc, ...path);
    return one ? [one] : [];
  }
  const place = placesOf(doc, path);
  return value.flatMap((item: unknown, index) => {
    const text = textOf(item);
    return text === undefined ? [] : { value: text, at: place(index) };
  });
}
