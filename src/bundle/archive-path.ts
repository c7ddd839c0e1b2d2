// Names inside archives: what is safe to show and to look up, and in which order files are read.

/** Longer names are an attack or a mistake; no file system takes them. */
const longestName = 1_000;

/** The name with `/` between folders; undefined for one that leads out of the archive. */
export function safeName(name: string): string | undefined {
  const slashed = name.replaceAll("\\", "/");
  if (slashed.length > longestName || slashed.includes("\0")) return undefined;
  if (slashed.startsWith("/") || /^[A-Za-z]:\//.test(slashed)) return undefined;
  const parts = slashed.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..")) return undefined;
  return parts.join("/").replace(/[\x00-\x1f\x7f]/g, "?");
}

/** Where a link of an archive leads, as a name in it; undefined when it leads out. */
export function linkTarget(name: string, target: string): string | undefined {
  if (target.startsWith("/") || target.includes("\0")) return undefined;
  const parts = name.split("/").slice(0, -1);
  for (const part of target.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

/** Version control, dependencies, droppings of desktops: never evidence. */
export const ignoredName =
  /^(?:\.git|\.hg|\.svn|node_modules|__pycache__|\.venv|\.terraform|\.DS_Store|Thumbs\.db|desktop\.ini|__MACOSX|\._.*|lost\+found)$/;

/** Folder by folder, so that a folder and an archive of it are read in the same order. */
export function byPath(a: string, b: string): number {
  const left = a.split("/");
  const right = b.split("/");
  for (let i = 0; i < left.length && i < right.length; i++) {
    const one = left[i] ?? "";
    const other = right[i] ?? "";
    if (one !== other) return one < other ? -1 : 1;
  }
  return left.length - right.length;
}
