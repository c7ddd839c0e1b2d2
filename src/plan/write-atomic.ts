// Writes a file so that a crash at any moment leaves the old or the new one, never half of it.
import { randomUUID } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { makeFolder } from "./make-folder.ts";

/** Mode and owner of `like` are kept; `mode` wins over its mode. */
export function writeAtomic(
  full: string,
  content: string | Uint8Array,
  like: Stats | undefined,
  mode?: number,
): void {
  const folder = dirname(full);
  makeFolder(folder);
  const temporary = join(folder, `.watchmend-${randomUUID()}.tmp`);
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeAll(file, typeof content === "string" ? Buffer.from(content, "utf8") : content);
    keepOwner(file, like);
    fchmodSync(file, mode ?? (like ? like.mode & 0o7777 : 0o644));
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, full);
  } catch (error) {
    close(file);
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

function writeAll(file: number, content: Uint8Array): void {
  for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
}

/** Only root may give a file away; for others the file is theirs as before. */
function keepOwner(file: number, like: Stats | undefined): void {
  if (like && process.getuid?.() === 0) fchownSync(file, like.uid, like.gid);
}

function close(file: number): void {
  try {
    closeSync(file);
  } catch {
    // It was closed before the rename failed.
  }
}

/** The rename itself must be on disk; some systems cannot sync a folder, and then it is as safe as they make it. */
export function syncFolder(folder: string): void {
  let handle: number | undefined;
  try {
    handle = openSync(folder, "r");
    fsyncSync(handle);
  } catch {
    // Windows and some network file systems.
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}
