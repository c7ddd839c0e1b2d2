// Before-images of the files a plan changes: enough to put everything back, also by another process after a crash.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, type Stats, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { FileChange } from "./change-texts.ts";
import { pathInside, statsOf } from "./folder-file.ts";
import { makeFolder } from "./make-folder.ts";
import { writeAtomic } from "./write-atomic.ts";

const manifest = z.strictObject({
  schema: z.literal("watchmend.backup/v1"),
  /** "begun": some files may carry the new text already; "done": all do; "undone": all are back. */
  state: z.enum(["begun", "done", "undone"]),
  files: z.array(
    z.strictObject({
      path: z.string(),
      /** Name of the before-image below `files/`; absent for a file that did not exist. */
      image: z.string().optional(),
      sha256Before: z.string().optional(),
      sha256After: z.string(),
    }),
  ),
});
type Manifest = z.infer<typeof manifest>;

export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Saves the before-images and says that the change has begun; on disk before the first file changes. */
export function beginBackup(folder: string, changes: readonly FileChange[]): void {
  if (existsSync(join(folder, "manifest.json"))) throw new Error(`${folder} already holds a backup`);
  makeFolder(join(folder, "files"), 0o700);
  const ignore = join(dirname(dirname(folder)), ".gitignore");
  if (/[\\/]\.watchmend$/.test(dirname(ignore)) && !existsSync(ignore)) writeFileSync(ignore, "*\n");
  const files = changes.map((change, i): Manifest["files"][number] => {
    const after = { path: change.path, sha256After: sha256(change.after) };
    if (change.before === undefined) return after;
    const image = `${i + 1}-${change.path.replaceAll(/[^\w.-]/g, "_").slice(-80)}`;
    writeAtomic(join(folder, "files", image), change.before, undefined, 0o600);
    return { ...after, image, sha256Before: sha256(change.before) };
  });
  writeManifest(folder, { schema: "watchmend.backup/v1", state: "begun", files });
}

export function endBackup(folder: string, state: "done" | "undone"): void {
  writeManifest(folder, { ...readManifest(folder), state });
}

/** Puts every file back that carries the plan's text. A file that somebody changed since is left and named. */
export function restoreBackup(root: string, folder: string): { restored: string[]; keptChanged: string[] } {
  const { files } = readManifest(folder);
  const restored: string[] = [];
  const keptChanged: string[] = [];
  for (const file of files) {
    const full = pathInside(root, file.path);
    const stats = statsOf(full);
    const now = stats ? sha256(readFileSync(full)) : undefined;
    if (now === file.sha256Before) continue;
    if (now !== file.sha256After) keptChanged.push(file.path);
    else {
      putBack(folder, file, full, stats);
      restored.push(file.path);
    }
  }
  if (keptChanged.length === 0) endBackup(folder, "undone");
  return { restored, keptChanged };
}

function putBack(
  folder: string,
  file: Manifest["files"][number],
  full: string,
  like: Stats | undefined,
): void {
  if (file.image === undefined) rmSync(full);
  else writeAtomic(full, readFileSync(join(folder, "files", file.image)), like);
}

function writeManifest(folder: string, value: Manifest): void {
  writeAtomic(join(folder, "manifest.json"), `${JSON.stringify(value, undefined, 2)}\n`, undefined, 0o600);
}

function readManifest(folder: string): Manifest {
  return manifest.parse(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")));
}
