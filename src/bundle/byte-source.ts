// Bytes that can be read again and from any position: a file on disk, a spooled file, a buffer.
import type { FileSystem } from "./file-system.ts";

export interface ByteSource {
  readonly sizeBytes: number;
  read(position: number, length: number): Promise<Uint8Array>;
  /** From `start` to the end, in chunks. */
  chunks(start?: number): AsyncIterable<Uint8Array>;
}

const chunkBytes = 256 * 1024;

export function bytesOfBuffer(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
    async *chunks(start = 0) {
      for (let at = start; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

/** Opens the file for every read or pass, so that nothing has to be closed afterwards. */
export function bytesOfFile(path: string, sizeBytes: number, fs: FileSystem): ByteSource {
  return {
    sizeBytes,
    async read(position, length) {
      const file = await fs.open(path);
      try {
        return await readFully(file.read, position, length);
      } finally {
        await file.close();
      }
    },
    async *chunks(start = 0) {
      const file = await fs.open(path);
      try {
        let at = start;
        for (;;) {
          const chunk = await file.read(at, chunkBytes);
          if (chunk.length === 0) return;
          at += chunk.length;
          yield chunk;
        }
      } finally {
        await file.close();
      }
    },
  };
}

/** Files below /proc hand over less than was asked for. */
export async function readFully(
  read: (position: number, length: number) => Promise<Uint8Array>,
  position: number,
  length: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let got = 0;
  while (got < length) {
    const part = await read(position + got, Math.min(length - got, 4 * chunkBytes));
    if (part.length === 0) break;
    parts.push(part);
    got += part.length;
  }
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
