// What an unquoted YAML scalar means, by the rules of Go's yaml.v2 and PyYAML (YAML 1.1), which the components and Ansible use.

const words: ReadonlyMap<string, boolean | null> = new Map([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"].map((word) => [word, false] as const),
]);

const special: ReadonlyMap<string, number> = new Map([
  [".inf", Number.POSITIVE_INFINITY],
  [".Inf", Number.POSITIVE_INFINITY],
  ["+.inf", Number.POSITIVE_INFINITY],
  ["-.inf", Number.NEGATIVE_INFINITY],
  [".nan", Number.NaN],
  [".NaN", Number.NaN],
]);

const decimal = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const based = /^([-+]?)0(?:x([0-9a-fA-F]+)|b([01]+)|o?([0-7]+))$/;

/** Value of a plain scalar: null, boolean, number or the text itself. Time stamps stay text. */
export function resolvePlain(text: string): unknown {
  if (text.length > 5) return resolveNumber(text);
  const word = words.get(text);
  return word === undefined ? resolveNumber(text) : word;
}

function resolveNumber(text: string): unknown {
  const first = text.charCodeAt(0);
  const numeric = (first >= 48 && first <= 57) || first === 45 || first === 43 || first === 46;
  if (!numeric || text.length > 40) return text;
  const named = special.get(text);
  if (named !== undefined) return named;
  const digits = text.includes("_") ? text.replaceAll("_", "") : text;
  const other = based.exec(digits);
  if (other && digits !== "0") return otherBase(other);
  return decimal.test(digits) ? Number(digits) : text;
}

function otherBase(match: RegExpExecArray): number {
  const [, sign, hex, binary, octal] = match;
  const value =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : binary !== undefined
        ? Number.parseInt(binary, 2)
        : Number.parseInt(octal ?? "0", 8);
  return sign === "-" ? -value : value;
}
