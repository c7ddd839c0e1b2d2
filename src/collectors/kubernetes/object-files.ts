// Files inside objects: keys of ConfigMaps, the rules of a PrometheusRule. Each becomes a segment of its own.
import type { EmbeddedIn, Segment } from "../../model/evidence.ts";
import type { ConfigMap } from "../../model/kubernetes.ts";
import type { Emit } from "../parser.ts";
import { lineMapOf } from "./embedded-lines.ts";
import type { ObjectHead } from "./object-head.ts";
import { renderWithLines } from "./rendered.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

/** The text an object was read from, by lines; JSON is not split, its strings stand on one line anyway. */
export interface SourceLines {
  readonly segment: Segment;
  readonly lines: readonly string[] | undefined;
}

export function configMapFromNode(node: TreeNode, head: ObjectHead): ConfigMap {
  const keys = ["data", "binaryData"].flatMap((part) => node.get(part)?.entries() ?? []);
  return {
    at: head.at,
    origin: head.origin,
    name: head.name,
    ...known({ namespace: head.namespace }),
    keys: keys.map(([name, entry]) => ({ name, at: entry.at })),
  };
}

export function emitConfigMapFiles(node: TreeNode, head: ObjectHead, source: SourceLines, emit: Emit): void {
  for (const [key, entry] of node.get("data")?.entries() ?? []) {
    if (typeof entry.value !== "string" || entry.value.trim() === "") continue;
    if (/^\s*-----BEGIN /.test(entry.value)) continue; // certificates hold nothing to judge
    emit.segment(fileSegment(entry, entry.value, embeddedIn(head, key), source));
  }
}

function fileSegment(
  entry: TreeNode,
  text: string,
  where: EmbeddedIn,
  { segment, lines }: SourceLines,
): Segment {
  const start = entry.contentLine ?? entry.line;
  const lineMap =
    entry.contentLine === undefined ? lineMapOf(entry, text, lines, segment.startLine) : undefined;
  return {
    source: segment.source,
    startLine: lineMap?.[0] ?? start,
    text,
    ...(lineMap ? { lineMap } : {}),
    ...(segment.host === undefined ? {} : { host: segment.host }),
    path: where.key,
    embeddedIn: where,
  };
}

/** The spec of a PrometheusRule is a rules file. */
export function emitRules(
  node: TreeNode,
  head: ObjectHead,
  { segment, lines }: SourceLines,
  emit: Emit,
): void {
  const spec = node.get("spec");
  if (!spec?.get("groups")) return;
  const more = {
    source: segment.source,
    ...(segment.host === undefined ? {} : { host: segment.host }),
    embeddedIn: embeddedIn(head, "spec"),
  };
  const block = lines && blockBelow(lines, spec.line - segment.startLine);
  if (block !== undefined) emit.segment({ ...more, startLine: spec.line + 1, text: block });
  else {
    const { text, lineMap } = renderWithLines(spec);
    emit.segment({ ...more, startLine: lineMap[0] ?? spec.line, text, lineMap });
  }
}

/** The lines below `spec:` that are indented deeper, without that indent. Undefined for flow style and JSON. */
function blockBelow(lines: readonly string[], at: number): string | undefined {
  const head = /^(\s*)(?:-\s+)?spec:\s*(?:#.*)?$/.exec(lines[at] ?? "");
  const first = lines.slice(at + 1).find((line) => /^\s*[^\s#]/.test(line));
  if (!head || first === undefined) return undefined;
  const outer = lines[at]?.indexOf("spec:") ?? 0;
  const indent = first.search(/\S/);
  if (indent <= outer) return undefined;
  const block: string[] = [];
  for (const line of lines.slice(at + 1)) {
    if (/\S/.test(line) && line.search(/\S/) < indent && !/^\s*#/.test(line)) break;
    block.push(line.slice(Math.min(indent, line.search(/\S|$/))));
  }
  return `${block.join("\n").trimEnd()}\n`;
}

function embeddedIn(head: ObjectHead, key: string): EmbeddedIn {
  return { kind: head.kind, ...known({ namespace: head.namespace }), name: head.name, key };
}
