// Writes a part of a document as JSON text of its own, remembering the source line of every line.
import type { TreeNode } from "./tree.ts";

export interface Rendered {
  readonly text: string;
  readonly lineMap: readonly number[];
}

export function renderWithLines(node: TreeNode): Rendered {
  const lines: string[] = [];
  const lineMap: number[] = [];
  const put = (text: string, line: number) => {
    lines.push(text);
    lineMap.push(line);
  };
  const write = (item: TreeNode, before: string, after: string, depth: number): void => {
    const isList = Array.isArray(item.value);
    const children: (readonly [string, TreeNode])[] = isList
      ? item.items().map((child) => ["", child] as const)
      : item.entries().map(([key, child]) => [`${JSON.stringify(key)}: `, child] as const);
    if (typeof item.value !== "object" || item.value === null || children.length === 0 || depth > 100) {
      put(`${before}${JSON.stringify(item.value)}${after}`, item.line);
      return;
    }
    put(`${before}${isList ? "[" : "{"}`, item.line);
    const indent = "  ".repeat(depth + 1);
    for (const [i, [key, child]] of children.entries()) {
      write(child, `${indent}${key}`, i < children.length - 1 ? "," : "", depth + 1);
    }
    put(`${"  ".repeat(depth)}${isList ? "]" : "}"}${after}`, lineMap.at(-1) ?? item.line);
  };
  write(node, "", "", 0);
  return { text: `${lines.join("\n")}\n`, lineMap };
}
