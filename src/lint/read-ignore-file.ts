// .watchmend-ignore.yaml: suppressions and exclusions for a whole repository, checked with the line of every mistake.
import { isMap, isNode, LineCounter, type ParsedNode, parseDocument } from "yaml";
import { z } from "zod";
import type { IgnoreFile } from "./ignore-file.ts";
import { isDate, type ListedSuppression } from "./suppression.ts";

const oneOrMore = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

const entry = z.strictObject({
  rule: oneOrMore.describe("rule id, or a pattern such as loki/*; one or a list"),
  paths: oneOrMore
    .optional()
    .describe("only findings whose proof stands in these files; relative to this file"),
  subject: z.string().min(1).optional().describe("only findings about this subject"),
  reason: z
    .string()
    .trim()
    .min(1, "a reason is required: whoever reads this next must know why")
    .describe("why this is fine"),
  until: z
    .string()
    .refine(isDate, "must be a day of the form YYYY-MM-DD")
    .optional()
    .describe("the last day it holds"),
});

export const ignoreFileSchema = z.strictObject({
  suppressions: z.array(entry).optional().describe("findings to live with"),
  exclude: z.array(z.string().min(1)).optional().describe("patterns of files that lint does not read"),
});

export interface IgnoreFileFault {
  readonly line: number;
  readonly message: string;
}

/** `source`: how the file is named in messages. */
export function readIgnoreFile(source: string, text: string): IgnoreFile | readonly IgnoreFileFault[] {
  const counter = new LineCounter();
  // YAML 1.2 keeps a date a text.
  const document = parseDocument(text, { lineCounter: counter, version: "1.2", prettyErrors: false });
  const lineOf = (offset: number): number => Math.max(1, counter.linePos(offset).line);
  if (document.errors.length > 0)
    return document.errors.map((error) => ({ line: lineOf(error.pos[0]), message: error.message }));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch (error) {
    return [{ line: 1, message: error instanceof Error ? error.message : String(error) }];
  }
  const lineAt = (path: readonly PropertyKey[]): number => lineOf(offsetAt(document.contents, path));
  const parsed = ignoreFileSchema.safeParse(value);
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({
      line: lineAt(issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0] ?? ""] : issue.path),
      message: `${wordsOf(issue.path)}${issue.message}`,
    }));
  const suppressions = (parsed.data.suppressions ?? []).map(
    (one, i): ListedSuppression => ({
      kind: "listed",
      rules: [one.rule].flat(),
      paths: one.paths === undefined ? [] : [one.paths].flat(),
      reason: one.reason,
      at: { source, line: lineAt(["suppressions", i]) },
      ...(one.subject === undefined ? {} : { subject: one.subject }),
      ...(one.until === undefined ? {} : { until: one.until }),
    }),
  );
  return { suppressions, exclude: parsed.data.exclude ?? [] };
}

function wordsOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "";
  const words = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return `${words.replace(/^\./, "")}: `;
}

/** Offset of the key (or item) at a path; of the nearest one above where it is not there. */
function offsetAt(root: ParsedNode | null, path: readonly PropertyKey[]): number {
  let node: unknown = root;
  let offset = root?.range[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === String(key));
      if (!pair) return offset;
      offset = rangeOf(pair.key) ?? offset;
      node = pair.value;
    } else {
      node =
        typeof key === "number" && isNode(node) && "items" in node
          ? (node.items as unknown[])[key]
          : undefined;
      offset = rangeOf(node) ?? offset;
    }
  }
  return offset;
}

function rangeOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
