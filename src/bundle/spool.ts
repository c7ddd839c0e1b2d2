// Keeps bytes that can be read only once: small ones in memory, large ones in a file that has no name any more.
import { closeSync, existsSync, mkdtempSync, openSync, read, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ByteSource, bytesOfBuffer, chunksOf, readFully } from "./byte-source.ts";
import { limits } from "./limits.ts";

const readAt = promisify(read);

/** Closes the file once nobody can read it any more. */
const openFiles = new FinalizationRegistry<number>((fd) => closeSync(fd));

export async function spool(chunks: AsyncIterable<Uint8Array>): Promise<ByteSource> {
  let parts: Uint8Array[] = [];
  let size = 0;
  let fd: number | undefined;
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (fd !== undefined) {
        writeFully(fd, chunk);
        continue;
      }
      parts.push(chunk);
      if (size <= limits.spoolBytes) continue;
      fd = openNameless();
      for (const part of parts) writeFully(fd, part);
      parts = [];
    }
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw error;
  }
  return fd === undefined ? bytesOfBuffer(Buffer.concat(parts)) : bytesOfDescriptor(fd, size);
}

function writeFully(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

/** /var/tmp is on disk where /tmp is memory, and evidence may be larger than memory. */
function openNameless(): number {
  const base = process.env.TMPDIR || (existsSync("/var/tmp") ? "/var/tmp" : tmpdir());
  const folder = mkdtempSync(join(base, "watchmend-"));
  try {
    return openSync(join(folder, "spool"), "wx+", 0o600);
  } finally {
    // The open descriptor keeps the bytes; a crash leaves nothing behind.
    rmSync(folder, { recursive: true, force: true });
  }
}

function bytesOfDescriptor(fd: number, sizeBytes: number): ByteSource {
  const readSome = async (position: number, length: number) => {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await readAt(fd, buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  const source: ByteSource = {
    sizeBytes,
    read: (position, length) =>
      readFully(readSome, position, Math.min(length, Math.max(0, sizeBytes - position))),
    async *chunks() {
      // Goes through `source`, so that it stays alive (and the file open) for as long as somebody iterates.
      yield* chunksOf((position, length) => source.read(position, length));
    },
  };
  openFiles.register(source, fd);
  return source;
}
