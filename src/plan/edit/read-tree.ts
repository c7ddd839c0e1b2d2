// YAML (and JSON, which is YAML here) to places. The parser's ranges are used; nothing is ever written by it.
import {
  type CST,
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type ParsedNode,
  parseAllDocuments,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { deepestNesting } from "./nesting.ts";
import { lineAt, lineStart } from "./patch.ts";
import { readJson } from "./read-json.ts";
import { Refused } from "./refusal.ts";
import type { Item, Mapping, Node, Pair, Scalar, Sequence } from "./tree.ts";

export interface Stream {
  readonly documents: readonly Part[];
}

/** One document of a stream. */
export interface Part {
  readonly root: Node | undefined;
  readonly fault?: { readonly message: string; readonly line: number };
}

/** Deeper nesting is no configuration. */
const deepest = 300;

export function readStream(text: string): Stream {
  if (deepestNesting(text) > deepest)
    throw new Refused("unreadable", `the text nests deeper than ${deepest} levels`);
  if (isJson(text)) {
    return { documents: [{ root: readJson(text) }] };
  }
  const parsed = parseAllDocuments(text, {
    keepSourceTokens: true,
    schema: "failsafe",
    uniqueKeys: false,
    strict: true,
    logLevel: "error",
    prettyErrors: false,
  });
  const documents = Array.isArray(parsed) ? parsed : [];
  return { documents: documents.map((document) => readPart(text, document)) };
}

export function isJson(text: string): boolean {
  if (!/^\ufeff?\s*[[{]/.test(text.slice(0, 1000))) return false;
  try {
    JSON.parse(text.replace(/^\ufeff/, ""));
    return true;
  } catch {
    return false;
  }
}

function readPart(text: string, document: Document.Parsed): Part {
  const [error] = document.errors;
  if (error) return { root: undefined, fault: { message: error.message, line: lineAt(text, error.pos[0]) } };
  return { root: document.contents ? readNode(text, document.contents, 0) : undefined };
}

function readNode(text: string, node: ParsedNode, depth: number): Node {
  if (depth > deepest) throw new Refused("unreadable", `nested deeper than ${deepest} levels`);
  const start = node.range[0];
  const marks = {
    ...("anchor" in node && node.anchor ? { anchor: node.anchor } : {}),
    ...(node.tag ? { tag: node.tag } : {}),
  };
  if (isAlias(node)) return { kind: "alias", name: node.source, start, end: node.range[1] };
  if (isScalar(node)) return { ...readScalar(text, node, start), ...marks };
  if (isMap(node)) return { ...readMapping(text, node as YAMLMap.Parsed, start, depth), ...marks };
  if (isSeq(node)) return { ...readSequence(text, node as YAMLSeq.Parsed, start, depth), ...marks };
  throw new Refused("unsupported", "a form of YAML that is not understood", lineAt(text, start));
}

const styles: Readonly<Record<string, Scalar["style"]>> = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
};

function readScalar(
  text: string,
  node: ParsedNode & { readonly value: unknown; readonly type?: string | null },
  start: number,
): Scalar {
  const value = typeof node.value === "string" ? node.value : "";
  const style = styles[node.type ?? "PLAIN"] ?? "plain";
  const end = node.range[1];
  if (start === end) return { kind: "scalar", style: "empty", text: "", start, end };
  if (style !== "literal" && style !== "folded") return { kind: "scalar", style, text: value, start, end };
  const header = /^[|>][-+\d]*/.exec(text.slice(start, start + 8))?.[0] ?? "";
  const indent = blockIndent(text, start, end, header, node.srcToken);
  return { kind: "scalar", style, text: value, start, end: blockEnd(text, start, end, header), indent };
}

/** Columns that belong to the indentation of a block scalar. */
function blockIndent(
  text: string,
  start: number,
  end: number,
  header: string,
  token: CST.Token | undefined,
): number {
  const given = /\d/.exec(header)?.[0];
  if (given !== undefined) return Math.max(0, tokenIndent(token)) + Number(given);
  const body = text.slice(text.indexOf("\n", start) + 1, end);
  const first = /^(?:[ \t]*\r?\n)*( *)/.exec(body)?.[1] ?? "";
  return first.length;
}

function tokenIndent(token: CST.Token | undefined): number {
  return token && "indent" in token && typeof token.indent === "number" ? token.indent : 0;
}

/** Blank lines behind the text belong to it only with `+`. */
function blockEnd(text: string, start: number, end: number, header: string): number {
  const body = text.slice(start, end);
  const kept = header.includes("+") ? body.replace(/\r?\n$/, "") : body.replace(/\s+$/, "");
  return start + kept.length;
}

function readMapping(text: string, node: YAMLMap.Parsed, start: number, depth: number): Mapping {
  const pairs = node.items.map((pair): Pair => {
    if (!isPair(pair)) throw new Refused("unsupported", "a mapping entry without a key");
    const key = pair.key as ParsedNode | null;
    const value = pair.value as ParsedNode | null;
    const token = pair.srcToken as CST.CollectionItem | undefined;
    const keyStart = key?.range[0] ?? start;
    const colon = token?.sep?.find((part) => part.type === "map-value-ind");
    const explicit = token?.start.some((part) => part.type === "explicit-key-ind") ?? false;
    const first = firstToken(token) ?? keyStart;
    const keyNode = key ? readNode(text, key, depth + 1) : undefined;
    const valueAt = colon ? endOfProps(token?.sep, colon.offset + 1) : (keyNode?.end ?? keyStart);
    const valueNode: Node = value
      ? atEmpty(readNode(text, value, depth + 1), valueAt)
      : { kind: "scalar", style: "empty", text: "", start: valueAt, end: valueAt };
    return {
      name: keyNode?.kind === "scalar" ? keyNode.text : text.slice(keyStart, keyNode?.end ?? keyStart),
      key: keyNode?.kind === "scalar" ? keyNode : undefined,
      start: Math.min(first, keyStart),
      end: Math.max(valueNode.end, valueAt),
      valueAt,
      hasColon: colon !== undefined,
      explicit,
      value: valueNode,
    };
  });
  const flow = node.flow === true || text[start] === "{";
  const end = flow ? node.range[1] : (pairs.at(-1)?.end ?? node.range[1]);
  return { kind: "mapping", flow, column: columnOf(node, text, start), pairs, start, end };
}

function readSequence(text: string, node: YAMLSeq.Parsed, start: number, depth: number): Sequence {
  const tokens =
    (node.srcToken as { readonly items?: readonly CST.CollectionItem[] } | undefined)?.items ?? [];
  const flow = node.flow === true || text[start] === "[";
  const dashed = tokens.filter((token) => token.start.some((part) => part.type === "seq-item-ind"));
  const items = node.items.map((entry, i): Item => {
    const value = readNode(text, entry as ParsedNode, depth + 1);
    if (flow) return { start: value.start, end: value.end, valueAt: value.start, value };
    const marks = dashed[i]?.start ?? [];
    const dash = marks.find((part) => part.type === "seq-item-ind")?.offset ?? value.start;
    const valueAt = endOfProps(marks, dash + 1);
    const placed = atEmpty(value, valueAt);
    return { start: dash, end: Math.max(placed.end, valueAt), valueAt, value: placed };
  });
  const end = flow ? node.range[1] : (items.at(-1)?.end ?? node.range[1]);
  return { kind: "sequence", flow, column: columnOf(node, text, start), items, start, end };
}

/** An absent value sits right behind its colon or dash, wherever the parser put it. */
function atEmpty(node: Node, at: number): Node {
  return node.kind === "scalar" && node.style === "empty" ? { ...node, start: at, end: at } : node;
}

/** Behind the tag and anchor that follow a colon or dash. */
function endOfProps(tokens: readonly CST.SourceToken[] | undefined, from: number): number {
  let end = from;
  for (const token of tokens ?? []) {
    if (token.offset >= from && (token.type === "anchor" || token.type === "tag"))
      end = token.offset + token.source.length;
  }
  return end;
}

/** The first token of a pair that is neither blank nor comment: a `?`, a tag, an anchor, or the key. */
function firstToken(token: CST.CollectionItem | undefined): number | undefined {
  return token?.start.find((part) => ["explicit-key-ind", "anchor", "tag"].includes(part.type))?.offset;
}

function columnOf(node: ParsedNode, text: string, start: number): number {
  const token = node.srcToken;
  if (token && (token.type === "block-map" || token.type === "block-seq")) return token.indent;
  return start - lineStart(text, start);
}
