// The only way to a file of the folder that is changed: inside it, regular, of bearable size, in UTF-8.
import { lstatSync, readFileSync, realpathSync, type Stats } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { Refused } from "./edit/refusal.ts";

const largest = 32 * 1024 * 1024;

/** Absolute path of `path` below `root` with every link followed; refused where it leads out of the folder. */
export function pathInside(root: string, path: string): string {
  if (path === "" || path.includes("\0") || isAbsolute(path) || path.split(/[\\/]/).includes(".."))
    throw new Refused("forbidden-path", `${JSON.stringify(path)} is no path below the folder`);
  const base = realpathSync(root);
  const full = join(base, path);
  const real = realOf(full);
  if (real !== base && !real.startsWith(base.endsWith(sep) ? base : base + sep))
    throw new Refused("forbidden-path", `${path} leads out of the folder through a link`);
  return real;
}

/** The real path; of a file that is not there yet, below its nearest folder that is. */
function realOf(full: string): string {
  const missing: string[] = [];
  for (let at = full; ; at = dirname(at)) {
    try {
      return join(realpathSync(at), ...missing);
    } catch (error) {
      if (codeOf(error) !== "ENOENT" || dirname(at) === at || isDangling(at)) throw unreadable(full, error);
      missing.unshift(relative(dirname(at), at));
    }
  }
}

/** A link to nowhere would send a new file to nowhere. */
function isDangling(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** The text of a file; undefined when there is none. */
export function readInside(root: string, path: string): string | undefined {
  const full = pathInside(root, path);
  const stats = statsOf(full);
  if (!stats) return undefined;
  if (!stats.isFile()) throw new Refused("forbidden-path", `${path} is no regular file`);
  if (stats.size > largest)
    throw new Refused("unsupported", `${path} is larger than ${largest / 1024 / 1024} MB`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(full));
  } catch (error) {
    if (error instanceof TypeError) throw new Refused("unreadable", `${path} is not UTF-8 text`);
    throw unreadable(path, error);
  }
}

export function statsOf(full: string): Stats | undefined {
  try {
    return lstatSync(full);
  } catch (error) {
    if (codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR") return undefined;
    throw unreadable(full, error);
  }
}

function unreadable(path: string, error: unknown): Refused {
  const why =
    codeOf(error) === "EACCES" ? "permission denied" : error instanceof Error ? error.message : String(error);
  return new Refused("unreadable", `${path}: ${why}`);
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
