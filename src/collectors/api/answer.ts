// An answer of an HTTP API as JSON: whole, as JSON lines, or cut by hand.
import type { Segment } from "../../model/evidence.ts";
import type { Place } from "../../model/place.ts";
import {
  entriesOf,
  itemsOf,
  type JsonNode,
  type LooseJson,
  memberOf,
  readLooseJson,
  stringOf,
} from "../loose-json.ts";
import type { Emit } from "../parser.ts";

const headLength = 64 * 1024;
const read = new WeakMap<Segment, LooseJson>();

/** The documents of a segment, parsed once however many parsers ask. */
export function answersOf(segment: Segment): readonly JsonNode[] {
  const known = read.get(segment) ?? readLooseJson(segment.text);
  read.set(segment, known);
  return known.documents;
}

/** Does the text begin as JSON (or as members cut out of an object), and hold all of these keys in its first part? */
export function hasKeys(segment: Segment, ...keys: readonly string[]): boolean {
  const head = segment.text.slice(0, headLength);
  if (!/^[\s\ufeff]{0,1000}(?:[{[]|"[\w./-]{1,100}"\s*:)/.test(head.slice(0, 1_200))) return false;
  return keys.every((key) => head.includes(`"${key}"`));
}

export function placeOfNode(segment: Segment, node: JsonNode | undefined): Place {
  return { source: segment.source, line: segment.startLine + (node?.line ?? 0) };
}

/** `data` of `{"status": "success", "data": …}`, or the document itself where only that was kept. */
export function dataOf(document: JsonNode): JsonNode {
  return memberOf(document, "data") ?? document;
}

/** Calls `visit` for every object below a node, outermost first, until it returns true (which skips what is inside). */
export function visitObjects(
  node: JsonNode | undefined,
  visit: (object: JsonNode) => boolean,
  depth = 0,
): void {
  if (!node || depth > 12) return;
  if (node.kind === "array") for (const item of itemsOf(node)) visitObjects(item, visit, depth + 1);
  if (node.kind !== "object" || visit(node)) return;
  for (const [, member] of entriesOf(node)) visitObjects(member.node, visit, depth + 1);
}

/** `{"status": "error", "errorType": …, "error": …}`: the message is text that rules look for. */
export function emitApiError(
  segment: Segment,
  document: JsonNode,
  emit: Emit,
  component: "prometheus" | "loki",
): void {
  const message = stringOf(memberOf(document, "error"));
  if (message === undefined) return;
  const line = segment.startLine + (memberOf(document, "error")?.line ?? document.line);
  emit.text({ text: message, line, stream: "answer", component });
}
