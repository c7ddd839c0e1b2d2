// A configuration file of ours: YAML, checked against its schema, with the line of everything that is wrong.
import { isMap, isNode, isSeq, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

export interface YamlFault {
  /** 1-based. */
  readonly line: number;
  readonly message: string;
}

export type CheckedYaml<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly faults: readonly YamlFault[] };

export function readCheckedYaml<Value>(text: string, schema: z.ZodType<Value>): CheckedYaml<Value> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const fault = (offset: number, message: string): YamlFault => ({
    line: Math.max(1, counter.linePos(offset).line),
    message,
  });
  if (document.errors.length > 0)
    return { ok: false, faults: document.errors.map((error) => fault(error.pos[0], error.message)) };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { ok: false, faults: [fault(0, error instanceof Error ? error.message : String(error))] };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const faults = parsed.error.issues.map((issue) =>
    fault(
      offsetOf(document.contents, issue.path),
      `${issue.path.map(String).join(".") || "the document"}: ${issue.message}`,
    ),
  );
  return { ok: false, faults };
}

/** Of the deepest node on the way that exists. */
function offsetOf(root: unknown, way: readonly PropertyKey[]): number {
  let node = root;
  let offset = 0;
  for (const key of way) {
    if (isMap(node)) node = node.items.find((pair) => String(pair.key) === String(key))?.value;
    else node = isSeq(node) && typeof key === "number" ? node.items[key] : undefined;
    if (!isNode(node) || !node.range) return offset;
    offset = node.range[0];
  }
  return offset;
}
