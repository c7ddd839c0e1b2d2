// Which paths a .gitignore leaves out. https://git-scm.com/docs/gitignore#_pattern_format
import { matchesGlob } from "./glob.ts";

export interface IgnoreList {
  /** Folder of the .gitignore, relative to the root, without a slash at its end; empty for the root. */
  readonly folder: string;
  readonly patterns: readonly IgnorePattern[];
}

interface IgnorePattern {
  readonly glob: string;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

export function readGitignore(folder: string, text: string): IgnoreList {
  const patterns = text.split(/\r?\n/).flatMap((raw): IgnorePattern[] => {
    const line = raw.replace(/(?<!\\)\s+$/, "");
    if (line === "" || line.startsWith("#")) return [];
    const negated = line.startsWith("!");
    const body = (negated ? line.slice(1) : line).replace(/^\\([#!])/, "$1");
    const foldersOnly = body.endsWith("/");
    const bare = foldersOnly ? body.slice(0, -1) : body;
    if (bare === "" || bare === "/") return [];
    // A slash in front or inside ties the pattern to this folder; without one it holds at any depth.
    const glob = bare.includes("/") ? bare.replace(/^\//, "") : `**/${bare}`;
    return [{ glob, negated, foldersOnly }];
  });
  return { folder, patterns };
}

/** Is the path, or a folder above it, left out? Lists of deeper folders and later lines win. */
export function isIgnored(path: string, lists: readonly IgnoreList[]): boolean {
  const parts = path.split("/");
  return parts.some((_, i) => isOneIgnored(parts.slice(0, i + 1).join("/"), i < parts.length - 1, lists));
}

function isOneIgnored(path: string, isFolder: boolean, lists: readonly IgnoreList[]): boolean {
  let ignored = false;
  for (const { folder, patterns } of [...lists].sort((a, b) => a.folder.length - b.folder.length)) {
    const inside =
      folder === "" ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
    if (inside === undefined) continue;
    for (const pattern of patterns) {
      if (pattern.foldersOnly && !isFolder) continue;
      if (matchesGlob(inside, pattern.glob)) ignored = !pattern.negated;
    }
  }
  return ignored;
}
