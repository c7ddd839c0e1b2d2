// Values of a compose file as plain data, with their lines and with `$$` and `${VAR:-default}` resolved.
import type { ConfigDocument } from "../model/config.ts";
import type { Place } from "../model/place.ts";

export type JsonRecord = Readonly<Record<string, unknown>>;

export function asRecord(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonRecord)
    : undefined;
}

export function asList(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** Text of a scalar. Empty text counts as not set. */
export function asText(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? interpolate(value) : undefined;
}

/**
 * What compose makes of a string: `$$` is a dollar sign, `${VAR:-default}` and `${VAR-default}` take the default, because the
 * variables are not known here. Variables without default stay as they are written.
 */
export function interpolate(text: string): string {
  if (!text.includes("$")) return text;
  return text.replace(
    /\$\$|\$\{[A-Za-z_][A-Za-z0-9_]*:?-([^${}]{0,400})\}/g,
    (whole, fallback: string | undefined) => (whole === "$$" ? "$" : (fallback ?? "")),
  );
}

/** `{a: b}` or `["a=b"]` as pairs. */
export function pairsOf(value: unknown): [string, string][] {
  const list = asList(value);
  if (list) {
    return list.flatMap((item): [string, string][] => {
      const text = asText(item);
      if (text === undefined) return [];
      const equals = text.indexOf("=");
      return [equals === -1 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)]];
    });
  }
  return Object.entries(asRecord(value) ?? {}).map(([key, item]) => [key, asText(item) ?? ""]);
}

/** A pointer into the document, with the line it (or the nearest key above it) stands on. */
export interface Spot {
  readonly at: Place;
  below(key: string | number): Spot;
}

export function spotOf(document: ConfigDocument, pointer = "", above: Place = document.at): Spot {
  const line = document.lines[pointer];
  const at = line === undefined ? above : { source: document.at.source, line };
  return {
    at,
    below: (key) =>
      spotOf(document, `${pointer}/${String(key).replace(/~/g, "~0").replace(/\//g, "~1")}`, at),
  };
}
