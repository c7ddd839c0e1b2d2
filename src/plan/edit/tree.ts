// A document as places: what stands where, by offset. Values are read only as far as an edit must compare them.
import { plainValue, type ScalarValue } from "./scalar.ts";

interface Spot {
  /** First character of the value itself, behind tag and anchor. */
  readonly start: number;
  /** Behind the last character of content: no comment, no trailing blanks, no final line break. */
  readonly end: number;
  readonly anchor?: string;
  readonly tag?: string;
}

export interface Scalar extends Spot {
  readonly kind: "scalar";
  readonly style: "empty" | "plain" | "single" | "double" | "literal" | "folded";
  readonly text: string;
  /** For block scalars: columns taken off every line. */
  readonly indent?: number;
}

export interface Alias extends Spot {
  readonly kind: "alias";
  readonly name: string;
}

export interface Pair {
  readonly name: string;
  readonly key: Scalar | undefined;
  /** First character of the pair, normally of its key. */
  readonly start: number;
  readonly end: number;
  /** Behind the colon (and tag and anchor) where a value would begin. */
  readonly valueAt: number;
  readonly hasColon: boolean;
  /** Written as `? key`. */
  readonly explicit: boolean;
  readonly value: Node;
}

export interface Mapping extends Spot {
  readonly kind: "mapping";
  readonly flow: boolean;
  /** Column of the keys of a block mapping. */
  readonly column: number;
  readonly pairs: readonly Pair[];
}

export interface Item {
  /** The dash of a block sequence, or the value in a flow one. */
  readonly start: number;
  readonly end: number;
  readonly valueAt: number;
  readonly value: Node;
}

export interface Sequence extends Spot {
  readonly kind: "sequence";
  readonly flow: boolean;
  /** Column of the dashes of a block sequence. */
  readonly column: number;
  readonly items: readonly Item[];
}

export type Node = Scalar | Alias | Mapping | Sequence;
export type Path = readonly (string | number)[];

export function childrenOf(node: Node): readonly Node[] {
  if (node.kind === "mapping") return node.pairs.map((pair) => pair.value);
  return node.kind === "sequence" ? node.items.map((item) => item.value) : [];
}

/** The typed value of a scalar. */
export function scalarValue(scalar: Scalar): ScalarValue {
  if (scalar.tag === "!!str" || scalar.tag === "tag:yaml.org,2002:str") return scalar.text;
  return scalar.style === "plain" || scalar.style === "empty" ? plainValue(scalar.text) : scalar.text;
}

/** Plain data that stands for a node, with tags, anchors and aliases kept visible; two equal trees mean equal documents. */
export type Image =
  | ScalarValue
  | readonly Image[]
  | { readonly [mark: string]: Image }
  | { readonly pairs: readonly (readonly [string, Image])[] };

/** What a value to be written looks like as an image. */
export function imageOf(value: unknown): Image {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (Array.isArray(value)) return value.map(imageOf);
  if (typeof value === "object")
    return { pairs: Object.entries(value).map(([name, entry]) => [name, imageOf(entry)] as const) };
  throw new TypeError(`a ${typeof value} cannot stand in a document`);
}

export function imageOfNode(node: Node): Image {
  const bare = bareImage(node);
  if (node.anchor === undefined && node.tag === undefined) return bare;
  return { value: bare, anchor: node.anchor ?? null, tag: node.tag ?? null };
}

function bareImage(node: Node): Image {
  if (node.kind === "scalar") return scalarValue(node);
  if (node.kind === "alias") return { alias: node.name };
  if (node.kind === "sequence") return node.items.map((item) => imageOfNode(item.value));
  return { pairs: node.pairs.map((pair) => [pair.name, imageOfNode(pair.value)] as const) };
}

/** Equal data; the order of keys does not matter. */
export function isSameImage(a: Image, b: Image): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((entry, i) => isSameImage(entry, b[i] as Image))
    );
  const [left, right] = [entriesOf(a), entriesOf(b)];
  return (
    left.length === right.length &&
    left.every(([name, entry], i) => name === right[i]?.[0] && isSameImage(entry, right[i]?.[1] as Image))
  );
}

function entriesOf(image: object): [string, Image][] {
  const pairs =
    "pairs" in image && Array.isArray(image.pairs)
      ? (image.pairs as [string, Image][])
      : (Object.entries(image) as [string, Image][]);
  return [...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
