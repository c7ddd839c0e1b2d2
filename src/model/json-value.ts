// Looking into plain JSON data of unknown shape without trusting it: configurations written by people.

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The items of a list; nothing for anything else. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Own property of a mapping; undefined for anything else. */
export function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The value below several keys. */
export function valueAt(value: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>(memberOf, value);
}

/** Text of a scalar: `"a"`, `9095` and `true` as they would be written; undefined for mappings, lists and null. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

/** A whole or broken number, also when it is written as text. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || !/^\s{0,10}[-+]?\d{1,18}(?:\.\d{1,18})?\s{0,10}$/.test(value))
    return undefined;
  return Number(value);
}

/** A boolean, also when it is written as text, as in YAML 1.1. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  if (/^(?:true|yes|on|1)$/i.test(value)) return true;
  return /^(?:false|no|off|0)$/i.test(value) ? false : undefined;
}

/** One step of a JSON pointer, escaped as RFC 6901 says. */
export function pointerStep(key: string | number): string {
  if (typeof key === "number") return String(key);
  if (!key.includes("~") && !key.includes("/")) return key;
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

/** Scalar values of a mapping as text; other values are left out. */
export function textRecord(value: unknown): Readonly<Record<string, string>> {
  const record: Record<string, string> = {};
  if (!isRecord(value)) return record;
  for (const [key, inner] of Object.entries(value)) {
    const text = textOf(inner);
    if (text !== undefined && key !== "__proto__") record[key] = text;
  }
  return record;
}
