// What `kubectl get -o custom-columns=…` and `-o jsonpath=…` print, in turn: the paths of fields and the text between them.

/** Fields of one object, as its line shows them. */
export interface FieldTemplate {
  readonly paths: readonly string[];
  /** Literal text in front of each field and behind the last; undefined where columns are told apart by blanks. */
  readonly literals?: readonly string[];
  /** Headings of the columns. */
  readonly heads?: readonly string[];
  /** `{.items[*].metadata.name}`: all objects on one line. */
  readonly isList?: true;
}

const longest = 4_000;

/** Undefined for what is no plain list of fields: conditions, filters within filters, go-template. */
export function fieldTemplate(output: string): FieldTemplate | undefined {
  const [form = "", template = ""] = splitOnce(output.slice(0, longest), "=");
  if (form === "custom-columns") return customColumns(template);
  if (form === "jsonpath") return jsonPath(template);
  return undefined;
}

function splitOnce(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function customColumns(template: string): FieldTemplate | undefined {
  const pairs = template.split(",").map((pair) => splitOnce(pair, ":"));
  if (pairs.some(([head, path]) => head === "" || path === "")) return undefined;
  return { paths: pairs.map(([, path]) => plainPath(path)), heads: pairs.map(([head]) => head.trim()) };
}

function jsonPath(template: string): FieldTemplate | undefined {
  const range = /^\{range \.items\[\*\]\}(.*)\{end\}$/s.exec(template.trim());
  const body = range?.[1] ?? template;
  const paths: string[] = [];
  const literals: string[] = [];
  let literal = "";
  for (const [, text = "", expression] of body.matchAll(/([^{]*)(?:\{([^{}]*)\})?/g)) {
    literal += unescaped(text);
    if (expression === undefined) continue;
    const quoted = /^\s*(["'])(.*)\1\s*$/s.exec(expression);
    if (quoted) {
      literal += unescaped(quoted[2] ?? "");
      continue;
    }
    if (!/^\s*[@$]?\.?[\w.[\]*'"@?()=\\/-]+\s*$/.test(expression)) return undefined;
    literals.push(literal);
    paths.push(plainPath(expression));
    literal = "";
  }
  if (paths.length === 0) return undefined;
  const isList = !range && paths.every((path) => path.startsWith("items[*]."));
  if (isList && paths.length > 1) return undefined;
  return {
    paths: paths.map((path) => path.replace(/^items\[\*\]\./, "")),
    literals: [...literals, literal],
    ...(isList ? { isList } : {}),
  };
}

function unescaped(text: string): string {
  return text.replaceAll("\\n", "\n").replaceAll("\\t", "\t");
}

/** `.status.containerStatuses[0].restartCount`, `[*]` and `[?(@.name=="x")]` alike: `status.containerStatuses[].restartCount`. */
function plainPath(path: string): string {
  return path
    .trim()
    .replace(/^[@$]?\.?/, "")
    .replace(/^items\[\*\]\./, "items[*].")
    .replace(/(?<!^items)\[[^\]]*\]/g, "[]");
}

/** The values of one line, or undefined when it is not of the template's form. */
export function valuesOf(line: string, template: FieldTemplate): readonly string[] | undefined {
  const { literals, paths } = template;
  if (!literals || literals.slice(1, -1).every((literal) => literal.trim() === "")) {
    const words = /\t| {2,}/.test(line.trim()) ? line.trim().split(/\t+| {2,}/) : line.trim().split(/\s+/);
    return paths.length === 1 ? [line.trim()] : words.length === paths.length ? words : undefined;
  }
  const values: string[] = [];
  let at = (literals[0] ?? "").trimStart().length;
  if (!line.startsWith((literals[0] ?? "").trimStart())) return undefined;
  for (let i = 0; i < paths.length; i++) {
    const next = (literals[i + 1] ?? "").replace(/\n.*$/s, "");
    const end = next === "" ? line.length : line.indexOf(next, at);
    if (end < 0) return undefined;
    values.push(line.slice(at, end).trim());
    at = end + next.length;
  }
  return values;
}
