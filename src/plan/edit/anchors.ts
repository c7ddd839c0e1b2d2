// Anchors and aliases: a change of shared text would change other places too, and is refused.
import { lineAt } from "./patch.ts";
import { Refused } from "./refusal.ts";
import { childrenOf, type Node } from "./tree.ts";

interface Use {
  readonly name: string;
  readonly start: number;
}

/** Refuses when `node` lies in anchored text that an alias elsewhere repeats. `way`: the nodes from the root to the place. */
export function refuseSharedText(text: string, root: Node, way: readonly Node[]): void {
  const anchored = way.filter((node) => node.anchor !== undefined);
  if (anchored.length === 0) return;
  const uses = aliasesIn(root);
  for (const node of anchored) {
    const others = uses.filter((use) => use.name === node.anchor && !isInside(use, node));
    if (others.length === 0) continue;
    const lines = others.map((use) => lineAt(text, use.start)).join(", ");
    throw new Refused(
      "shared",
      `this text carries the anchor &${node.anchor}, which line ${lines} repeats: a change here would change that too`,
      lineAt(text, node.start),
    );
  }
}

/** Refuses when an anchor inside `gone` is still used outside it. */
export function refuseLostAnchor(text: string, root: Node, gone: Node): void {
  const names = new Set(anchorsIn(gone));
  if (names.size === 0) return;
  const use = aliasesIn(root).find((candidate) => names.has(candidate.name) && !isInside(candidate, gone));
  if (!use) return;
  throw new Refused(
    "shared",
    `the text to be taken away defines &${use.name}, which line ${lineAt(text, use.start)} still uses`,
    lineAt(text, gone.start),
  );
}

function isInside(use: Use, node: Node): boolean {
  return use.start >= node.start && use.start < node.end;
}

function aliasesIn(node: Node): Use[] {
  if (node.kind === "alias") return [{ name: node.name, start: node.start }];
  return childrenOf(node).flatMap(aliasesIn);
}

function anchorsIn(node: Node): string[] {
  return [...(node.anchor === undefined ? [] : [node.anchor]), ...childrenOf(node).flatMap(anchorsIn)];
}
