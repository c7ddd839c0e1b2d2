// Bytes that can be read again and from any position: a file on disk, a spooled file, a part of an archive, a buffer.
import type { FileSystem } from "./file-system.ts";

export interface ByteSource {
  /** Undefined while only unpacking would tell. */
  readonly sizeBytes: number | undefined;
  /** Reading far from the beginning costs as much as reading everything before it. */
  readonly isSequential?: boolean;
  /** Fewer bytes than asked for only at the end. */
  read(position: number, length: number): Promise<Uint8Array>;
  /** Everything, in chunks. */
  chunks(): AsyncIterable<Uint8Array>;
}

const chunkBytes = 256 * 1024;

export function bytesOfBuffer(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.length,
    read: async (position, length) => bytes.subarray(position, position + length),
    async *chunks() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
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
    async *chunks() {
      const file = await fs.open(path);
      try {
        yield* chunksOf(file.read);
      } finally {
        await file.close();
      }
    },
  };
}

export async function* chunksOf(
  read: (position: number, length: number) => Promise<Uint8Array>,
): AsyncIterable<Uint8Array> {
  for (let at = 0; ; ) {
    const chunk = await read(at, chunkBytes);
    if (chunk.length === 0) return;
    at += chunk.length;
    yield chunk;
  }
}

/** `length` bytes from `start` of another source. */
export function sliceOf(bytes: ByteSource, start: number, length: number): ByteSource {
  const read = (position: number, wanted: number) =>
    bytes.read(start + position, Math.max(0, Math.min(wanted, length - position)));
  return { sizeBytes: length, read, chunks: () => chunksOf(read) };
}

/** Bytes that only come one after the other, such as unpacked ones: every read starts from the beginning. */
export function sequential(open: () => AsyncIterable<Uint8Array>, sizeBytes?: number): ByteSource {
  return {
    sizeBytes,
    isSequential: true,
    async read(position, length) {
      const parts: Uint8Array[] = [];
      let at = 0;
      for await (const chunk of open()) {
        const part = chunk.subarray(Math.max(0, position - at), Math.max(0, position + length - at));
        at += chunk.length;
        if (part.length > 0) parts.push(part);
        if (at >= position + length) break;
      }
      return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
    },
    chunks: open,
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
