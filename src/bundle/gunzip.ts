// Unpacks gzip as it is read, and stops at bombs.
import { Readable } from "node:stream";
import { constants, createGunzip, createInflateRaw } from "node:zlib";
import type { ByteSource } from "./byte-source.ts";
import { codeOf, messageOf } from "./read-errors.ts";
import { checkRatio, damaged, type UnpackBudget } from "./unpack-budget.ts";

/** What came before a cut is handed over first; the error follows. */
export async function* gunzip(
  bytes: ByteSource,
  what: string,
  budget: UnpackBudget,
): AsyncGenerator<Uint8Array> {
  let unpacked = 0;
  let tail: Uint8Array = new Uint8Array();
  const watched = async function* () {
    for await (const chunk of bytes.chunks()) {
      tail = chunk.length >= 4 ? chunk.subarray(-4) : Buffer.concat([tail, chunk]).subarray(-4);
      yield chunk;
    }
  };
  // Without this flush mode Node throws the last bytes away when the input ends early, and with it says nothing.
  const lenient = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  for await (const chunk of unpack(watched(), lenient, what, budget)) {
    unpacked += chunk.length;
    yield chunk;
  }
  const stated = tail.length === 4 ? Buffer.from(tail).readUInt32LE(0) : -1;
  // Several members one after the other (rotated logs) state the size of the last one only.
  if (stated !== unpacked % 2 ** 32) await checkToTheEnd(bytes, what);
}

async function checkToTheEnd(bytes: ByteSource, what: string): Promise<void> {
  const unlimited = { charge: () => undefined };
  for await (const _ of unpack(bytes.chunks(), createGunzip(), what, unlimited));
}

export function inflate(
  chunks: AsyncIterable<Uint8Array>,
  what: string,
  budget: UnpackBudget,
): AsyncIterable<Uint8Array> {
  return unpack(chunks, createInflateRaw(), what, budget);
}

async function* unpack(
  chunks: AsyncIterable<Uint8Array>,
  unpacker: ReturnType<typeof createGunzip>,
  what: string,
  budget: Pick<UnpackBudget, "charge">,
): AsyncGenerator<Uint8Array> {
  let packed = 0;
  let unpacked = 0;
  const counted = async function* () {
    for await (const chunk of chunks) {
      packed += chunk.length;
      yield chunk;
    }
  };
  const input = Readable.from(counted(), { objectMode: false });
  input.on("error", (error) => unpacker.destroy(error));
  try {
    for await (const chunk of input.pipe(unpacker)) {
      const bytes = chunk as Uint8Array;
      unpacked += bytes.length;
      budget.charge(bytes.length, what);
      checkRatio(unpacked, packed, what);
      yield bytes;
    }
  } catch (error) {
    if (!codeOf(error).startsWith("Z_")) throw error;
    throw damaged(`${what} is damaged or cut off: ${messageOf(error)}`, error);
  } finally {
    input.destroy();
    unpacker.destroy();
  }
}
