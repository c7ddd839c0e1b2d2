// The private folder for ssh's control sockets, one for all hosts of a run: short enough for a socket's name, and without
// leftovers of killed runs.
import { lstatSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const prefix = "wm-";
/** Written by earlier versions. */
const sign = "README";
/** A socket's path may have 104 bytes at most (macOS); ssh appends 17 while it makes one, and our number has up to 8. */
const longestFolder = 104 - 17 - 9;

export interface ControlSocket {
  readonly path: string;
  release(): void;
}

let shared: { readonly folder: string; users: number; made: number } | undefined;

export function takeControlSocket(): ControlSocket {
  shared ??= { folder: makeControlDirectory(), users: 0, made: 0 };
  const mine = shared;
  mine.users += 1;
  mine.made += 1;
  return {
    path: join(mine.folder, String(mine.made)),
    release() {
      mine.users -= 1;
      if (mine.users > 0) return;
      if (shared === mine) shared = undefined;
      removeControlDirectory(mine.folder);
    },
  };
}

function makeControlDirectory(): string {
  const base =
    [tmpdir(), "/tmp"].find((folder) => folder.length + prefix.length + 18 <= longestFolder) ?? "/tmp";
  sweep(base);
  return mkdtempSync(join(base, `${prefix}${process.pid}-`));
}

/** Usually empty by now: each ssh takes its socket away itself. */
function removeControlDirectory(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Long after any ssh has ended by itself. A process that is not seen may live in another container that shares this folder. */
const abandonedMs = 3_600_000;

/** Folders of runs that were killed. */
function sweep(base: string): void {
  const uid = process.getuid?.();
  for (const name of readdirSync(base)) {
    const pid = Number(/^wm-(\d{1,10})-[A-Za-z0-9]{6}$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = join(base, name);
    const found = lstatSync(folder, { throwIfNoEntry: false });
    if (found === undefined || Date.now() - found.mtimeMs < abandonedMs) continue;
    const isOurs = found.isDirectory() && (uid === undefined || found.uid === uid);
    // a socket in it belongs to an ssh that has not ended yet
    if (isOurs && isUnused(folder)) rmSync(folder, { recursive: true, force: true });
  }
}

function isUnused(folder: string): boolean {
  try {
    return readdirSync(folder).every((name) => name === sign);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
