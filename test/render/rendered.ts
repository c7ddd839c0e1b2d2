// Rendered trees for tests: as texts, as facts, and as a folder that lint reads.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Linted, lintTexts } from "../../src/cli/lint.ts";
import { readLintFiles } from "../../src/cli/lint-files.ts";
import type { StackFile } from "../../src/model/stack-file.ts";
import { renderStack } from "../../src/render/render-stack.ts";
import { type TreeFile, treeOf } from "../../src/render/tree.ts";

export function treeFor(stack: StackFile): readonly TreeFile[] {
  return treeOf(renderStack(stack));
}

export function textAt(tree: readonly TreeFile[], path: string): string {
  const found = tree.find((file) => file.path === path);
  if (!found) throw new Error(`no ${path} in ${tree.map((file) => file.path).join(", ")}`);
  return found.content;
}

/** What `watchmend lint` says about the tree. */
export async function lintTree(tree: readonly TreeFile[]): Promise<Linted> {
  const root = mkdtempSync(join(tmpdir(), "watchmend-tree-"));
  try {
    for (const { path, content } of tree) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
    const files = await readLintFiles(root, false);
    return lintTexts(files, { today: "2026-11-22", mask: (text) => text, baseline: undefined });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
