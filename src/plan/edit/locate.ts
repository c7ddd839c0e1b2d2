// Follows a path of keys and indexes through a document, and says exactly where it ends when it cannot go on.
import { lineAt } from "./patch.ts";
import { Refused } from "./refusal.ts";
import type { Slot } from "./replace-value.ts";
import type { Mapping, Node, Path, Sequence } from "./tree.ts";

/** One step of the way: the collection and which of its entries is meant. */
export interface Stop {
  readonly owner: Mapping | Sequence;
  /** Undefined: the collection has no such entry. */
  readonly index: number | undefined;
}

export interface Place {
  /** From the root to the owner of the last key. */
  readonly stops: readonly Stop[];
  /** The value at the path; undefined when it is not there. */
  readonly value: Node | undefined;
  /** How many leading keys of the path exist. */
  readonly depth: number;
}

export function locate(text: string, root: Node, path: Path): Place {
  const stops: Stop[] = [];
  let node = root;
  for (const [depth, key] of path.entries()) {
    const index = entryOf(text, node, key, path.slice(0, depth));
    if (index === "no collection") return { stops, value: undefined, depth };
    if (node.kind !== "mapping" && node.kind !== "sequence") return { stops, value: undefined, depth };
    stops.push({ owner: node, index });
    if (index === undefined) return { stops, value: undefined, depth };
    node = childAt(node, index);
  }
  return { stops, value: node, depth: path.length };
}

function entryOf(
  text: string,
  node: Node,
  key: string | number,
  above: Path,
): number | undefined | "no collection" {
  const where = above.length === 0 ? "the document" : pathText(above);
  if (node.kind === "alias")
    throw new Refused(
      "shared",
      `${where} is the alias *${node.name}: a change behind it would change every place that uses the anchor`,
      lineAt(text, node.start),
    );
  if (node.kind === "scalar") {
    if (node.style === "empty" || isNullWord(node.text, node.style)) return "no collection";
    throw new Refused(
      "place-changed",
      `${where} is a single value, so it has no ${JSON.stringify(key)}`,
      lineAt(text, node.start),
    );
  }
  if (node.kind === "sequence") {
    if (typeof key !== "number" || !Number.isInteger(key) || key < 0)
      throw new Refused(
        "place-changed",
        `${where} is a list, so ${JSON.stringify(key)} is no place in it`,
        lineAt(text, node.start),
      );
    return key < node.items.length ? key : undefined;
  }
  const found = node.pairs.flatMap((pair, i) => (pair.name === String(key) ? [i] : []));
  if (found.length > 1) {
    const lines = found.map((i) => lineAt(text, node.pairs[i]?.start ?? 0));
    throw new Refused(
      "ambiguous",
      `${pathText([...above, key])} stands more than once (lines ${lines.join(", ")})`,
      lines[1],
    );
  }
  return found[0];
}

function isNullWord(text: string, style: string): boolean {
  return style === "plain" && /^(~|null|Null|NULL)$/.test(text);
}

export function childAt(node: Mapping | Sequence, index: number): Node {
  const entry = node.kind === "mapping" ? node.pairs[index] : node.items[index];
  if (!entry) throw new RangeError(`no entry ${index}`);
  return entry.value;
}

/** The value with its surroundings, ready to be replaced. */
export function slotOf({ owner, index }: Stop): Slot {
  if (index === undefined) throw new RangeError("no entry");
  if (owner.kind === "mapping") {
    const pair = owner.pairs[index];
    if (!pair) throw new RangeError(`no entry ${index}`);
    const { value, valueAt, hasColon } = pair;
    return { value, valueAt, hasColon, inFlow: owner.flow, column: owner.column, below: "key" };
  }
  const item = owner.items[index];
  if (!item) throw new RangeError(`no entry ${index}`);
  const { value, valueAt } = item;
  return { value, valueAt, hasColon: true, inFlow: owner.flow, column: owner.column, below: "dash" };
}

/** `spec.containers[0].image` */
export function pathText(path: Path): string {
  if (path.length === 0) return "the document";
  return path
    .map((key, i) => {
      if (typeof key === "number") return `[${key}]`;
      const word = /^[\w$/-]+$/.test(key) ? key : JSON.stringify(key);
      return i === 0 ? word : `.${word}`;
    })
    .join("");
}
