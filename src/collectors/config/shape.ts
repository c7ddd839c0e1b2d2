// The skeleton of a document: which keys stand where, without values. It is taken from the parsed value, or from the text
// alone when that does not parse, so that a broken file is still recognised.
import { pointerStep } from "../../model/json-value.ts";

/** Paths such as `/groups/-/rules/-/alert`; `-` stands for any item of a list. */
export interface Shape {
  readonly paths: ReadonlySet<string>;
  has(path: string): boolean;
  hasAny(...paths: readonly string[]): boolean;
  /** Keys at the top. */
  readonly top: readonly string[];
}

const deepest = 6;
const maxPaths = 4_000;
/** Enough of a text to know what it is. */
const headLength = 96 * 1024;

function shape(paths: ReadonlySet<string>): Shape {
  const top = [...paths].filter((path) => !path.includes("/", 1)).map((path) => plainStep(path.slice(1)));
  return {
    paths,
    top,
    has: (path) => paths.has(path),
    hasAny: (...wanted) => wanted.some((path) => paths.has(path)),
  };
}

function plainStep(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

export function shapeOfValue(value: unknown): Shape {
  const paths = new Set<string>();
  collect(value, "", 0, paths);
  return shape(paths);
}

function collect(value: unknown, path: string, depth: number, paths: Set<string>): void {
  if (value === null || typeof value !== "object" || depth > deepest) return;
  if (Array.isArray(value)) {
    paths.add(`${path}/-`);
    // The items of one list look alike; the first ones tell the shape.
    for (const item of value.slice(0, 20)) collect(item, `${path}/-`, depth + 1, paths);
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (paths.size > maxPaths) return;
    const at = `${path}/${pointerStep(key)}`;
    paths.add(at);
    collect(inner, at, depth + 1, paths);
  }
}

export function shapeOfText(text: string): Shape {
  const head = text.slice(0, headLength);
  const paths = new Set<string>();
  if (/^\s{0,1000}[[{]/.test(head)) collectBraces(head, paths);
  else collectIndents(head, paths);
  return shape(paths);
}

interface Level {
  readonly indent: number;
  readonly path: string;
}

const keyLine =
  /^(?:"([^"]{1,200})"|'([^']{1,200})'|([A-Za-z_$<./*~][\w.\-/$ *<]{0,120}?))\s{0,20}:(?:\s(.*))?$/;

/** Levels stand by their indent, the outer ones first; a dash may stand at the indent of the key that its list belongs to. */
function leave(levels: Level[], indent: number, isItem: boolean): void {
  for (let top = levels.at(-1); top; top = levels.at(-1)) {
    if (top.indent < indent || (isItem && top.indent === indent && !top.path.endsWith("/-"))) return;
    levels.pop();
  }
}

/** YAML by indentation. Lines that are no keys (block scalars, prose) are passed over. */
function collectIndents(head: string, paths: Set<string>): void {
  const levels: Level[] = [];
  let scalarIndent = -1;
  for (const raw of head.split("\n")) {
    if (paths.size > maxPaths || raw.length > 4_000) continue;
    const line = raw.trimEnd();
    let indent = line.length - line.trimStart().length;
    if (line === "" || line[indent] === "#") continue;
    if (scalarIndent >= 0 && indent > scalarIndent) continue;
    scalarIndent = -1;
    let rest = line.slice(indent);
    while (/^-(?:\s|$)/.test(rest)) {
      leave(levels, indent, true);
      const path = `${levels.at(-1)?.path ?? ""}/-`;
      paths.add(path);
      levels.push({ indent, path });
      const skip = /^-\s{0,40}/.exec(rest)?.[0].length ?? 1;
      indent += skip;
      rest = rest.slice(skip);
    }
    const match = keyLine.exec(rest);
    if (!match) continue;
    const [, double, single, plain, value] = match;
    leave(levels, indent, false);
    const path = `${levels.at(-1)?.path ?? ""}/${pointerStep(double ?? single ?? plain ?? "")}`;
    paths.add(path);
    levels.push({ indent, path });
    if (/^[|>]/.test(value ?? "")) scalarIndent = indent;
    else if (/^[[{]/.test(value ?? "")) collectBraces(value ?? "", paths, path);
  }
}

/** JSON (or a YAML flow collection) by brackets; mistakes inside do not stop it. */
function collectBraces(head: string, paths: Set<string>, base = ""): void {
  const stack: { path: string; list: boolean }[] = [];
  let current = base;
  const token =
    /"((?:[^"\\\n]|\\.){0,500})"(\s*:)?|'([^'\n]{0,500})'(\s*:)?|([A-Za-z_][\w.-]{0,120})\s*:(?=\s)|[[\]{},]/g;
  for (const match of head.matchAll(token)) {
    if (paths.size > maxPaths) return;
    const [whole, double, colon, single, colonToo, plain] = match;
    const parent = stack.at(-1);
    if (whole === "{" || whole === "[") {
      const path = whole === "[" ? `${current}/-` : current;
      if (whole === "[") paths.add(path);
      stack.push({ path, list: whole === "[" });
      current = path;
    } else if (whole === "}" || whole === "]") {
      stack.pop();
      current = stack.at(-1)?.path ?? base;
    } else if (whole === ",") current = parent?.path ?? base;
    else if (
      (colon !== undefined || colonToo !== undefined || plain !== undefined) &&
      parent &&
      !parent.list
    ) {
      current = `${parent.path}/${pointerStep(double ?? single ?? plain ?? "")}`;
      if (stack.length <= deepest + 1) paths.add(current);
    }
  }
}
