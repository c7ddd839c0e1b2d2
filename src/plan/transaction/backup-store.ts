// Before-images of one transaction as files that a person can look at, each read back and hashed when it is written.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { sha256 } from "../backup.ts";
import { makeFolder } from "../make-folder.ts";
import { writeAtomic } from "../write-atomic.ts";

export const storedRef = z.strictObject({ file: z.string(), sha256: z.string(), bytes: z.int() });
export type StoredRef = z.infer<typeof storedRef>;

export interface BackupStore {
  readonly folder: string;
  /** On disk and read back when it returns. The same name and content is stored once. */
  put(name: string, content: Uint8Array | string): StoredRef;
  /** Throws when it is damaged: what cannot be trusted is not written back. */
  get(ref: StoredRef): Buffer;
}

export function openBackupStore(transaction: string): BackupStore {
  const folder = join(transaction, "backup");
  return {
    folder,
    put(name, content) {
      const bytes = typeof content === "string" ? Buffer.from(content, "utf8") : Buffer.from(content);
      const hash = sha256(bytes);
      const file = `${name.replaceAll(/[^\w.@-]+/g, "_").slice(-100)}.${hash.slice(0, 8)}`;
      makeFolder(folder, 0o700);
      const full = join(folder, file);
      if (!existsSync(full)) writeAtomic(full, bytes, undefined, 0o600);
      const ref = { file, sha256: hash, bytes: bytes.length };
      read(folder, ref);
      return ref;
    },
    get: (ref) => read(folder, ref),
  };
}

function read(folder: string, ref: StoredRef): Buffer {
  if (ref.file.includes("/") || ref.file.startsWith(".")) throw new Error(`${ref.file} is no before-image`);
  const bytes = readFileSync(join(folder, ref.file));
  if (sha256(bytes) !== ref.sha256)
    throw new Error(
      `the before-image ${join(folder, ref.file)} is damaged: its hash is not the one in the journal`,
    );
  return bytes;
}
