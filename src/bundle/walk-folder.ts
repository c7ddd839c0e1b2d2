// Lists the files of a folder in a fixed order, without following links out of it or into a loop.
import { join, sep } from "node:path";
import type { Gap } from "../model/evidence.ts";
import { byPath, ignoredName } from "./archive-path.ts";
import type { FileSystem } from "./file-system.ts";
import { limits } from "./limits.ts";
import { gapOfError } from "./read-errors.ts";

export interface FoundFile {
  /** Relative to the folder, with `/`. */
  readonly source: string;
  readonly path: string;
  readonly sizeBytes: number;
}

export async function walkFolder(
  root: string,
  fs: FileSystem,
): Promise<{ readonly files: readonly FoundFile[]; readonly gaps: readonly Gap[] }> {
  const files: FoundFile[] = [];
  const gaps: Gap[] = [];
  const realRoot = await fs.resolve(root);
  let isFull = false;

  const visit = async (folder: string, prefix: string, depth: number): Promise<void> => {
    if (depth > limits.depth) {
      gaps.push(tooLarge(prefix, `folders are nested deeper than ${limits.depth}`));
      return;
    }
    let names: readonly string[];
    try {
      names = (await fs.list(folder)).toSorted(byPath);
    } catch (error) {
      gaps.push(gapOfError(prefix === "" ? "." : prefix, error));
      return;
    }
    for (const name of names) {
      if (ignoredName.test(name)) continue;
      if (isFull) return;
      await visitEntry(join(folder, name), prefix === "" ? name : `${prefix}/${name}`, depth);
    }
  };

  const visitEntry = async (path: string, source: string, depth: number): Promise<void> => {
    try {
      const { kind, sizeBytes } = await fs.look(path, false);
      if (kind === "folder") return await visit(path, source, depth + 1);
      if (kind === "other") return void gaps.push(special(source));
      if (kind === "link") return await visitLink(path, source);
      if (files.length >= limits.files) {
        isFull = true;
        return void gaps.push(tooLarge(source, `more than ${limits.files} files; the rest was not read`));
      }
      files.push({ source, path, sizeBytes });
    } catch (error) {
      gaps.push(gapOfError(source, error));
    }
  };

  /** A link to something inside the folder is read at its own place; one that leads out is not followed. */
  const visitLink = async (path: string, source: string): Promise<void> => {
    const target = await fs.resolve(path);
    if (target === realRoot || target.startsWith(realRoot + sep)) return;
    gaps.push({
      what: source,
      because: "unreadable",
      detail: "a symbolic link that leads out of the folder; it is not followed",
    });
  };

  await visit(root, "", 0);
  return { files: files.toSorted((a, b) => byPath(a.source, b.source)), gaps };
}

function special(source: string): Gap {
  return { what: source, because: "unreadable", detail: "a FIFO, socket or device; it is not read" };
}

function tooLarge(what: string, detail: string): Gap {
  return { what: what === "" ? "." : what, because: "too-large", detail };
}
