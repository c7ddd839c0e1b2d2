// The few file system calls that reading needs, so that tests can make each of them fail.
// Synchronous inside: a hundred small files cost a tenth of a second in waiting for worker threads otherwise.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";

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
  list: async (path) => readdirSync(path),
  async look(path, follow) {
    const found = follow ? statSync(path) : lstatSync(path);
    return { kind: kindOf(found), sizeBytes: found.size };
  },
  resolve: async (path) => realpathSync.native(path),
  async open(path) {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const info = fstatSync(descriptor);
    if (!info.isFile()) {
      closeSync(descriptor);
      throw Object.assign(new Error("not a regular file"), { code: "ENOTREG" });
    }
    return {
      sizeBytes: info.size,
      async read(position, length) {
        const buffer = Buffer.allocUnsafe(length);
        return buffer.subarray(0, readSync(descriptor, buffer, 0, length, position));
      },
      close: async () => closeSync(descriptor),
    };
  },
};
