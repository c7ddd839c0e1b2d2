// Lists a tar: POSIX (pax), GNU and old ones. Own code because it needs random access: members are read later, in any
// order and more than once, and nothing between the headers has to be read to find them.
import type { Gap } from "../model/evidence.ts";
import type { ArchiveFile, ArchiveIndex } from "./archive-index.ts";
import { byPath, ignoredName, linkTarget, safeName } from "./archive-path.ts";
import { type ByteSource, sliceOf } from "./byte-source.ts";
import { limits } from "./limits.ts";
import { refused } from "./unpack-budget.ts";

const block = 512;
const windowBytes = 64 * 1024;
/** Long names and pax records. Larger ones are no names. */
const longestRecord = 1024 * 1024;

interface Header {
  readonly name: string;
  readonly link: string;
  readonly type: string;
  readonly size: number;
}

/** What a pax or GNU record says about the member that follows. */
interface Override {
  name?: string;
  link?: string;
  size?: number;
}

export async function indexTar(bytes: ByteSource, what: string): Promise<ArchiveIndex> {
  const size = bytes.sizeBytes ?? 0;
  const files = new Map<string, ArchiveFile>();
  const links: { name: string; target: string }[] = [];
  const gaps: Gap[] = [];
  const windowed = windowOn(bytes);
  let next: Override = {};
  let entries = 0;
  const done = (damage?: string): ArchiveIndex => ({
    files: [...files.values()].toSorted((a, b) => byPath(a.name, b.name)),
    gaps: [...gaps, ...linkGaps(links, files)],
    ...(damage ? { damage } : {}),
  });

  for (let at = 0; at < size; ) {
    const raw = await windowed(at, block);
    if (raw.length < block) return done("it ends in the middle of a header");
    if (raw.every((byte) => byte === 0)) return done();
    const header = parseHeader(raw);
    if (!header) return done(`what stands at byte ${at} is no tar header`);
    if (++entries > limits.archiveEntries) {
      throw refused(`${what} holds more than ${limits.archiveEntries} entries`);
    }
    const start = at + block;
    const isRecord = /^[xgLK]$/.test(header.type);
    const length = isRecord ? header.size : (next.size ?? header.size);
    at = start + Math.ceil(length / block) * block;
    if (start + length > size) return done(`it ends inside of ${shown(next.name ?? header.name)}`);
    if (isRecord) {
      if (length > longestRecord) return done(`a record of ${length} bytes at byte ${at}`);
      if (header.type !== "g") next = { ...next, ...readRecord(header.type, await windowed(start, length)) };
      continue;
    }
    addMember(
      { ...header, name: next.name ?? header.name, link: next.link ?? header.link, size: length },
      start,
    );
    next = {};
  }
  return done(size === 0 ? "it is empty" : undefined);

  function addMember(member: Header, start: number): void {
    const name = safeName(member.name);
    if (member.type === "5" || (member.type === "0" && member.name.endsWith("/"))) return;
    if (name?.split("/").some((part) => ignoredName.test(part))) return;
    if (name === undefined) gaps.push(leadsOut(member.name));
    else if (member.type === "0" || member.type === "7") {
      // A later member of the same name replaces the earlier one, as it does when a tar is unpacked.
      files.set(name, { name, bytes: sliceOf(bytes, start, member.size) });
    } else if (member.type === "1") links.push({ name, target: safeName(member.link) ?? "" });
    else if (member.type === "2") links.push({ name, target: linkTarget(name, member.link) ?? "" });
    else if (!/^[VMNDX]$/.test(member.type)) gaps.push(special(name, member.type));
  }
}

/** Links are read at the place they lead to; those that lead out or nowhere are told. */
function linkGaps(
  links: readonly { name: string; target: string }[],
  files: ReadonlyMap<string, ArchiveFile>,
): readonly Gap[] {
  const folders = new Set<string>();
  for (const name of files.keys()) {
    for (let at = name.indexOf("/"); at >= 0; at = name.indexOf("/", at + 1)) folders.add(name.slice(0, at));
  }
  const names = new Set(links.map((link) => link.name));
  return links.flatMap(({ name, target }): Gap[] => {
    if (target === "") return [leadsOut(name)];
    if (files.has(target) || folders.has(target) || names.has(target)) return [];
    return [
      { what: name, because: "absent", detail: `a link to ${shown(target)}, which is not in the archive` },
    ];
  });
}

export function leadsOut(name: string): Gap {
  return {
    what: shown(name),
    because: "unreadable",
    detail: "its path or link leads out of the archive; it is not read",
  };
}

function special(name: string, type: string): Gap {
  const detail = /^[346]$/.test(type)
    ? "a FIFO or device; it is not read"
    : `a tar member of type "${type}"; it is not read`;
  return { what: name, because: "unreadable", detail };
}

function shown(name: string): string {
  return name.slice(0, 200).replace(/[\x00-\x1f\x7f]/g, "?");
}

/** Most members are small: one read of the disk serves many headers. */
function windowOn(bytes: ByteSource): (position: number, length: number) => Promise<Uint8Array> {
  let start = 0;
  let held: Uint8Array = new Uint8Array();
  return async (position, length) => {
    if (position < start || position + length > start + held.length) {
      start = position;
      held = await bytes.read(position, Math.max(windowBytes, length));
    }
    return held.subarray(position - start, position - start + length);
  };
}

function parseHeader(raw: Uint8Array): Header | undefined {
  if (!hasChecksum(raw)) return undefined;
  const size = numberAt(raw, 124, 12);
  if (size === undefined) return undefined;
  const isPosix = textAt(raw, 257, 6) === "ustar";
  const prefix = isPosix ? textAt(raw, 345, 155) : "";
  const name = textAt(raw, 0, 100);
  const type = raw[156] ? String.fromCharCode(raw[156]) : "0";
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    link: textAt(raw, 157, 100),
    type,
    // Links and folders carry no bytes, whatever their size field says.
    size: /^[1-6]$/.test(type) ? 0 : size,
  };
}

function hasChecksum(raw: Uint8Array): boolean {
  const stored = numberAt(raw, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < block; i++) {
    const byte = i >= 148 && i < 156 ? 32 : (raw[i] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stored === unsigned || stored === signed;
}

/** Octal text, or GNU's base-256 for sizes from 8 GiB on. */
function numberAt(raw: Uint8Array, at: number, length: number): number | undefined {
  if (((raw[at] ?? 0) & 0x80) !== 0) {
    let value = (raw[at] ?? 0) & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + (raw[at + i] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const text = textAt(raw, at, length).trim();
  if (text === "") return 0;
  return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

function textAt(raw: Uint8Array, at: number, length: number): string {
  const field = raw.subarray(at, at + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function readRecord(type: string, body: Uint8Array): Override {
  if (type === "L") return { name: textAt(body, 0, body.length) };
  if (type === "K") return { link: textAt(body, 0, body.length) };
  const found: Override = {};
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const length =
      space > at && space - at < 8 ? Number(new TextDecoder().decode(body.subarray(at, space))) : 0;
    if (!Number.isInteger(length) || length <= 0) break;
    const record = new TextDecoder().decode(body.subarray(space + 1, at + length - 1));
    const equals = record.indexOf("=");
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    if (key === "path") found.name = value;
    if (key === "linkpath") found.link = value;
    if (key === "size" && /^\d{1,15}$/.test(value)) found.size = Number(value);
    at += length;
  }
  return found;
}
