// How a plain scalar is read by the programs that load these files, and when a string needs quotes.
// Reading follows YAML 1.1 as Go's yaml.v2 and PyYAML do (`0644` is 420, `yes` is true); quoting is wary of 1.1 and 1.2 alike.

export type ScalarValue = string | number | boolean | null;
export type Quotes = "single" | "double";

const words: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map(
    (word) => [word, true] as const,
  ),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map(
    (word) => [word, false] as const,
  ),
]);

/** The value of an unquoted scalar. */
export function plainValue(text: string): ScalarValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (text.length > 64 || !/^[-+.\d]/.test(text)) return text;
  const sign = text.startsWith("-") ? -1 : 1;
  const digits = text.replace(/^[-+]/, "").replaceAll("_", "");
  if (/^0x[\da-f]+$/i.test(digits) || /^0o[0-7]+$/.test(digits) || /^0b[01]+$/.test(digits))
    return sign * Number(digits);
  if (/^0[0-7]+$/.test(digits)) return sign * Number.parseInt(digits, 8);
  if (/^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(digits)) return sign * Number(digits);
  if (/^\.inf$/i.test(digits)) return sign * Number.POSITIVE_INFINITY;
  return text === ".nan" || text === ".NaN" || text === ".NAN" ? Number.NaN : text;
}

/** Would these characters without quotes be read as something else than this string, by any common reader? */
export function needsQuotes(text: string, inFlow: boolean): boolean {
  if (plainValue(text) !== text) return true;
  if (/^[\s,[\]{}#&*!|>'"%@`]|^[-?:](?:\s|$)|\s$|:(?:\s|$)|\s#|^(?:---|\.\.\.)|^<<$|^=$/.test(text))
    return true;
  // Old versions of libyaml and Go's yaml refuse a colon inside a flow collection.
  if (inFlow && /[,[\]{}:]/.test(text)) return true;
  // A lone point is a number of YAML 1.1.
  return isTimeLike(text) || /^[-+]?[\d_]*\.[\d_]*$/.test(text) || !isPrintable(text);
}

/** Dates, and numbers of base 60, which some readers take for more than text. */
export function isTimeLike(text: string): boolean {
  return /^\d{4}-\d\d?-\d\d?(?:$|[Tt\s])|^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/.test(text);
}

/** Characters that stand for themselves in any style; line breaks and controls do not. */
export function isPrintable(text: string): boolean {
  return !/[\0-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(
    text,
  );
}

export function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

export function quoted(text: string, quotes: Quotes): string {
  return quotes === "single" && isPrintable(text) ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text);
}

/** One line of text for a scalar. `quotes` is the style in use at the place; `always` quotes every string. */
export function scalarText(
  value: ScalarValue,
  style: { readonly quotes: Quotes; readonly always?: boolean; readonly inFlow: boolean },
): string {
  if (value === null) return "null";
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return String(value);
  if (!style.always && !needsQuotes(value, style.inFlow)) return value;
  return quoted(value, style.quotes);
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value > 0 ? ".inf" : "-.inf";
  return Object.is(value, -0) ? "0" : String(value);
}
