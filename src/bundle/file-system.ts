// The few file system calls that reading needs, so that tests can make each of them fail.
import { constants, type Stats } from "node:fs";
import { lstat, open, readdir, realpath, stat } from "node:fs/promises";

export type EntryKind = "file" | "folder" | "link" | "other";

export interface Entry {
  readonly kind: EntryKind;
  readonly sizeBytes: number;
}

export interface OpenFile {
  readonly sizeBytes: number;
  /** Up to `length` bytes from `position`; empty at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface FileSystem {
  list(path: string): Promise<readonly string[]>;
  /** Follows links only when asked to. */
  look(path: string, follow: boolean): Promise<Entry>;
  resolve(path: string): Promise<string>;
  /** Never blocks: FIFOs and devices are refused after opening as well, should they have replaced a file meanwhile. */
  open(path: string): Promise<OpenFile>;
}

function kindOf(found: Stats): EntryKind {
  if (found.isFile()) return "file";
  if (found.isDirectory()) return "folder";
  return found.isSymbolicLink() ? "link" : "other";
}

export const realFileSystem: FileSystem = {
  list: (path) => readdir(path),
  async look(path, follow) {
    const found = follow ? await stat(path) : await lstat(path);
    return { kind: kindOf(found), sizeBytes: found.size };
  },
  resolve: (path) => realpath(path),
  async open(path) {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = await handle.stat();
    if (!info.isFile()) {
      await handle.close();
      throw Object.assign(new Error("not a regular file"), { code: "ENOTREG" });
    }
    return {
      sizeBytes: info.size,
      async read(position, length) {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
        return buffer.subarray(0, bytesRead);
      },
      close: () => handle.close(),
    };
  },
};
