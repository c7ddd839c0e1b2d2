// Does a node already hold a value? Aliases are followed, tags and quoting do not matter.
import { type Image, imageOf, isSameImage, type Node, scalarValue } from "./tree.ts";

/** Nodes looked at before a comparison gives up: aliases of aliases grow without end. */
const most = 100_000;

export function holds(root: Node, node: Node, value: unknown): boolean {
  const anchors = new Map<string, Node>();
  collect(root, anchors);
  const budget = { left: most };
  return isSameImage(resolved(node, anchors, budget, 0), imageOf(value));
}

function collect(node: Node, anchors: Map<string, Node>): void {
  if (node.anchor !== undefined) anchors.set(node.anchor, node);
  if (node.kind === "mapping") for (const pair of node.pairs) collect(pair.value, anchors);
  if (node.kind === "sequence") for (const item of node.items) collect(item.value, anchors);
}

const endless: Image = { endless: true };

/** Aliases may lead deeper than any text nests, and in circles. */
const deepest = 1000;

function resolved(
  node: Node,
  anchors: ReadonlyMap<string, Node>,
  budget: { left: number },
  depth: number,
): Image {
  budget.left--;
  if (budget.left < 0 || depth > deepest) return endless;
  if (node.kind === "scalar") return scalarValue(node);
  if (node.kind === "sequence")
    return node.items.map((item) => resolved(item.value, anchors, budget, depth + 1));
  if (node.kind === "mapping")
    return {
      pairs: node.pairs.map((pair) => [pair.name, resolved(pair.value, anchors, budget, depth + 1)] as const),
    };
  const target = anchors.get(node.name);
  // An alias inside its own anchor would never end; the budget ends it, the name makes it differ from any value.
  return target ? resolved(target, anchors, budget, depth + 1) : endless;
}
