// A folder with those above it, one by one: Node's `recursive` never returns where a file system answers ENOENT to mkdir although
// the parent is there, as /proc and automounted homes do (a HOME there made every command hang).
import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";

/** Throws what the file system says; a folder that is there already is no error. */
export function makeFolder(folder: string, mode?: number): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent, mode);
  try {
    mkdirSync(folder, mode);
  } catch (error) {
    // Somebody else was quicker.
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
