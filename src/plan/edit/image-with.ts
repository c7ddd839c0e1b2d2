// What a document must look like after one change: the yardstick each written edit is held against.
import { type Image, imageOfNode, type Node, type Path } from "./tree.ts";

export type Change =
  | { readonly do: "put"; readonly value: Image }
  | { readonly do: "remove" }
  /** A new item at the end of the list at the path. */
  | { readonly do: "append"; readonly value: Image };

/** The image of `node` with the change made at `path`. */
export function imageWith(node: Node, path: Path, change: Change): Image {
  const marks = node.anchor !== undefined || node.tag !== undefined;
  const wrap = (bare: Image): Image =>
    marks ? { value: bare, anchor: node.anchor ?? null, tag: node.tag ?? null } : bare;
  const [key, ...rest] = path;
  if (key === undefined) return wrap(changed(node, change));
  if (node.kind === "sequence") {
    return wrap(
      node.items.flatMap((item, i) => {
        if (i !== key) return [imageOfNode(item.value)];
        if (rest.length === 0 && change.do === "remove") return [];
        return [imageWith(item.value, rest, change)];
      }),
    );
  }
  if (node.kind !== "mapping") return wrap(changed(node, change));
  const name = String(key);
  const pairs = node.pairs.flatMap((pair): [string, Image][] => {
    if (pair.name !== name) return [[pair.name, imageOfNode(pair.value)]];
    if (rest.length === 0 && change.do === "remove") return [];
    return [[pair.name, imageWith(pair.value, rest, change)]];
  });
  const isNew = change.do === "put" && !node.pairs.some((pair) => pair.name === name);
  return wrap({ pairs: isNew ? [...pairs, [name, change.value]] : pairs });
}

function changed(node: Node, change: Change): Image {
  if (change.do === "put") return change.value;
  const bare = node.kind === "sequence" ? node.items.map((item) => imageOfNode(item.value)) : [];
  return change.do === "append" ? [...bare, change.value] : bare;
}
