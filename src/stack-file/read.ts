// The text of a watchmend.yaml to the model, or to everything that is wrong with it, each with its line.
import { isMap, isNode, isPair, LineCounter, parseDocument } from "yaml";
import { memberOf } from "../model/json-value.ts";
import type { StackFile } from "../model/stack-file.ts";
import { type CheckContext, checkStack } from "./check.ts";
import { type Draft, type Fault, pathText } from "./fault.ts";
import { draftsOfIssue } from "./issue-words.ts";
import { quickYaml } from "./quick-yaml.ts";
import { resolveStack } from "./resolve.ts";
import { stackFileSchema } from "./schema.ts";

export interface ReadStack {
  readonly stack?: StackFile;
  /** Errors; with any there is no stack. */
  readonly faults: readonly Fault[];
  /** Worth knowing, and no reason to refuse. */
  readonly notes: readonly Fault[];
}

interface Document {
  readonly value: unknown;
  /** The line on which a path stands, or what is nearest to it. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
}

const largest = 20 * 2 ** 20;

export function readStackFile(text: string): ReadStack {
  if (text.length > largest) return refused([{ line: 1, path: "", says: "larger than 20 MB" }]);
  const document = readDocument(text);
  if ("faults" in document) return refused(document.faults);
  const { value, lineOf } = document;
  const place = (draft: Draft): Fault => {
    const { path, near, ...rest } = draft;
    const shown = near !== undefined && !standsThere(value, path) ? near : path;
    return { line: lineOf(shown), path: pathText(path), ...rest };
  };
  const parsed = stackFileSchema.safeParse(value);
  if (!parsed.success)
    return refused(parsed.error.issues.flatMap((issue) => draftsOfIssue(issue, value)).map(place));
  const context: CheckContext = { input: parsed.data };
  const { stack, drafts } = resolveStack(parsed.data);
  const checked = checkStack(stack, context);
  const faults = [...drafts, ...checked.faults];
  if (faults.length > 0) return refused(faults.map(place));
  return { stack, faults: [], notes: checked.notes.map(place) };
}

function readDocument(text: string): Document | { readonly faults: readonly Fault[] } {
  const quick = quickYaml(text);
  if (!quick) return readWithLines(text);
  let lines: ReturnType<typeof readWithLines> | undefined;
  const lineOf: Document["lineOf"] = (path) => {
    lines ??= readWithLines(text);
    return "lineOf" in lines ? lines.lineOf(path) : 1;
  };
  return { value: quick.value ?? {}, lineOf };
}

function readWithLines(text: string): Document | { readonly faults: readonly Fault[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    version: "1.2",
    prettyErrors: false,
    merge: true,
  });
  const lineAt = (offset: number): number => Math.max(1, counter.linePos(offset).line);
  if (document.errors.length > 0)
    return {
      faults: document.errors.map((error) =>
        syntaxFault(error.code, error.message, lineAt(error.pos[0]), text),
      ),
    };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 1000 }) ?? {};
    return { value, lineOf: (path) => lineAt(offsetAt(document.contents, path)) };
  } catch (error) {
    return {
      faults: [{ line: 1, path: "", says: error instanceof Error ? error.message : String(error) }],
    };
  }
}

function refused(faults: readonly Fault[]): ReadStack {
  const sorted = [...faults].sort((a, b) => a.line - b.line || (a.path < b.path ? -1 : 1));
  return { faults: sorted, notes: [] };
}

function syntaxFault(code: string, message: string, line: number, text: string): Fault {
  if (code !== "DUPLICATE_KEY") return { line, path: "", says: `is not YAML: ${message}` };
  const key = /^\s*(?:-\s+)?("?)([^":]{1,100})\1\s*:/.exec(text.split("\n", line)[line - 1] ?? "")?.[2];
  return {
    line,
    path: "",
    says: `${key === undefined ? "a key" : `"${key}"`} stands twice`,
    why: "one of the two would be ignored without a word",
    write: "one entry with everything that belongs to it",
  };
}

function standsThere(value: unknown, path: readonly PropertyKey[]): boolean {
  const end = path.reduce<unknown>(
    (at, key) => (typeof key === "symbol" ? undefined : memberOf(at, key)),
    value,
  );
  return end !== undefined;
}

/** Where the deepest part of the path that exists stands: its key for mappings, the item for lists. */
function offsetAt(contents: unknown, path: readonly PropertyKey[]): number {
  let node = contents;
  let offset = isNode(node) && node.range ? node.range[0] : 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && keyText(item.key) === String(key));
      if (!pair) return offset;
      offset = isNode(pair.key) && pair.key.range ? pair.key.range[0] : offset;
      node = pair.value;
      continue;
    }
    const items = typeof node === "object" && node !== null && "items" in node ? node.items : undefined;
    const item: unknown = Array.isArray(items) && typeof key === "number" ? items[key] : undefined;
    if (!isNode(item)) return offset;
    offset = item.range?.[0] ?? offset;
    node = item;
  }
  return offset;
}

function keyText(key: unknown): string {
  return typeof key === "object" && key !== null && "value" in key ? String(key.value) : String(key);
}
