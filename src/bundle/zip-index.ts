// Lists a zip, strictly: sizes, offsets and check sums must agree, parts must not overlap, nothing may be encrypted.
import { crc32 } from "node:zlib";
import type { Gap } from "../model/evidence.ts";
import type { ArchiveFile, ArchiveIndex } from "./archive-index.ts";
import { byPath, ignoredName, safeName } from "./archive-path.ts";
import { type ByteSource, sequential, sliceOf } from "./byte-source.ts";
import { inflate } from "./gunzip.ts";
import { limits } from "./limits.ts";
import { leadsOut } from "./tar-index.ts";
import { checkRatio, damaged, refused, type UnpackBudget } from "./unpack-budget.ts";

const endRecord = 0x06054b50;
const endRecord64 = 0x06064b50;
const endLocator64 = 0x07064b50;
const centralRecord = 0x02014b50;
const localRecord = 0x04034b50;
/** The end record and the longest comment behind it. */
const longestTail = 22 + 0xffff;
/** 100,000 entries with long names. */
const longestDirectory = 64 * 1024 * 1024;
const unset32 = 0xffffffff;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly isLink: boolean;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly offset: number;
}

export async function indexZip(bytes: ByteSource, what: string, budget: UnpackBudget): Promise<ArchiveIndex> {
  const directory = await readDirectory(bytes, what);
  if (!directory) return { files: [], gaps: [], damage: "its list of contents is missing or cut off" };
  const entries = parseDirectory(directory);
  if (!entries) return { files: [], gaps: [], damage: "its list of contents makes no sense" };
  refuseBombs(entries, what);
  const files = new Map<string, ArchiveFile>();
  const gaps: Gap[] = [];
  for (const entry of entries) {
    if (entry.name.endsWith("/") || entry.name.endsWith("\\")) continue;
    const name = safeName(entry.name);
    if (name?.split("/").some((part) => ignoredName.test(part))) continue;
    if (name === undefined) gaps.push(leadsOut(entry.name));
    else if (entry.isEncrypted)
      gaps.push(unreadable(name, "it is encrypted; unpack the archive with its password"));
    else if (entry.isLink) gaps.push(unreadable(name, "a symbolic link; it is not followed"));
    else if (entry.method !== 0 && entry.method !== 8) {
      gaps.push(
        unreadable(name, `packed with method ${entry.method}; only stored and deflated members are read`),
      );
    } else files.set(name, { name, bytes: memberOf(bytes, entry, `${what}: ${name}`, budget) });
  }
  return { files: [...files.values()].toSorted((a, b) => byPath(a.name, b.name)), gaps };
}

function unreadable(what: string, detail: string): Gap {
  return { what, because: "unreadable", detail };
}

/** Many names for the same packed bytes, or more than was ever saved. */
function refuseBombs(entries: readonly Entry[], what: string): void {
  if (entries.length > limits.archiveEntries) {
    throw refused(`${what} holds more than ${limits.archiveEntries} entries`);
  }
  let unpacked = 0;
  let packed = 0;
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.offset - b.offset)) {
    if (entry.packed > 0 && entry.offset < end)
      throw refused(`${what} uses the same bytes for several members`);
    end = Math.max(end, entry.offset + entry.packed);
    unpacked += entry.unpacked;
    packed += entry.packed;
  }
  if (unpacked > limits.unpackedBytes) {
    throw refused(`${what} unpacks to more than ${limits.unpackedBytes / 2 ** 30} GiB`);
  }
  checkRatio(unpacked, packed, what);
}

async function readDirectory(bytes: ByteSource, what: string): Promise<Buffer | undefined> {
  const size = bytes.sizeBytes ?? 0;
  const tailStart = Math.max(0, size - longestTail);
  const tail = Buffer.from(await bytes.read(tailStart, longestTail));
  for (let at = tail.length - 22; at >= 0; at--) {
    if (tail.readUInt32LE(at) !== endRecord || at + 22 + tail.readUInt16LE(at + 20) > tail.length) continue;
    let length = tail.readUInt32LE(at + 12);
    let start = tail.readUInt32LE(at + 16);
    if (length === unset32 || start === unset32 || tail.readUInt16LE(at + 10) === 0xffff) {
      const wide = await readEnd64(bytes, tail, at);
      if (!wide) return undefined;
      ({ length, start } = wide);
    }
    if (length > longestDirectory) throw refused(`${what} has a list of contents of ${length} bytes`);
    if (start + length > size) return undefined;
    return Buffer.from(await bytes.read(start, length));
  }
  return undefined;
}

async function readEnd64(
  bytes: ByteSource,
  tail: Buffer,
  at: number,
): Promise<{ length: number; start: number } | undefined> {
  if (at < 20 || tail.readUInt32LE(at - 20) !== endLocator64) return undefined;
  const position = Number(tail.readBigUInt64LE(at - 12));
  if (!Number.isSafeInteger(position)) return undefined;
  const record = Buffer.from(await bytes.read(position, 56));
  if (record.length < 56 || record.readUInt32LE(0) !== endRecord64) return undefined;
  const length = Number(record.readBigUInt64LE(40));
  const start = Number(record.readBigUInt64LE(48));
  return Number.isSafeInteger(length) && Number.isSafeInteger(start) ? { length, start } : undefined;
}

function parseDirectory(directory: Buffer): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length; ) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== centralRecord) return undefined;
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
    if (next > directory.length) return undefined;
    const flags = directory.readUInt16LE(at + 8);
    const rawName = directory.subarray(at + 46, at + 46 + nameLength);
    const wide = wideFields(directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength), [
      directory.readUInt32LE(at + 24),
      directory.readUInt32LE(at + 20),
      directory.readUInt32LE(at + 42),
    ]);
    if (!wide) return undefined;
    const [unpacked, packed, offset] = wide;
    entries.push({
      name: nameOf(rawName),
      method: directory.readUInt16LE(at + 10),
      isEncrypted: (flags & 1) !== 0,
      isLink: directory[at + 5] === 3 && directory.readUInt32LE(at + 38) >>> 28 === 0xa,
      crc: directory.readUInt32LE(at + 16),
      packed,
      unpacked,
      offset,
    });
    at = next;
  }
  return entries;
}

/** Sizes of 4 GiB and more stand in an extra field, in this order, each only if it is needed. */
function wideFields(
  extra: Buffer,
  narrow: readonly [number, number, number],
): readonly [number, number, number] | undefined {
  if (!narrow.includes(unset32)) return narrow;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let from = at + 4;
    const wide = narrow.map((value) => {
      if (value !== unset32) return value;
      if (from + 8 > extra.length) return Number.NaN;
      const read = Number(extra.readBigUInt64LE(from));
      from += 8;
      return read;
    });
    const [unpacked, packed, offset] = wide;
    if (unpacked === undefined || packed === undefined || offset === undefined) return undefined;
    return wide.every(Number.isSafeInteger) ? [unpacked, packed, offset] : undefined;
  }
  return undefined;
}

/** UTF-8 where it is; the old code pages differ only in letters that do not matter here. */
function nameOf(raw: Buffer): string {
  const text = raw.toString("utf8");
  return text.includes("\ufffd") ? raw.toString("latin1") : text;
}

function memberOf(archive: ByteSource, entry: Entry, what: string, budget: UnpackBudget): ByteSource {
  const packed = async () => {
    const header = Buffer.from(await archive.read(entry.offset, 30));
    if (header.length < 30 || header.readUInt32LE(0) !== localRecord)
      throw damaged(`${what} is damaged or cut off`);
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    return sliceOf(archive, start, entry.packed);
  };
  return sequential(async function* () {
    const source = await packed();
    const chunks = entry.method === 0 ? source.chunks() : inflate(source.chunks(), what, budget);
    let size = 0;
    let sum = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > entry.unpacked) throw damaged(`${what} is longer than the archive says`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (size !== entry.unpacked || sum !== entry.crc)
      throw damaged(`${what} is damaged: its check sum is wrong`);
  }, entry.unpacked);
}
