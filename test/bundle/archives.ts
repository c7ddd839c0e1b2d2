// Builds archives for tests, also the ones no honest tool would write.
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";

export interface Member extends Partial<Header> {
  readonly name: string;
  readonly text?: string | Buffer;
}

export async function tarOf(members: readonly Member[]): Promise<Buffer> {
  const packer = pack();
  for (const { text = "", ...header } of members) packer.entry(header, Buffer.from(text));
  packer.finalize();
  const parts: Buffer[] = [];
  for await (const part of packer) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

export async function tarGzOf(members: readonly Member[]): Promise<Buffer> {
  return gzipSync(await tarOf(members));
}

export interface ZipMember {
  readonly name: string;
  readonly text: string | Buffer;
  readonly store?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  readonly unpacked?: number;
  /** Points at the bytes of another member. */
  readonly sameBytesAs?: number;
}

export function zipOf(members: readonly ZipMember[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  const offsets: number[] = [];
  let at = 0;
  for (const member of members) {
    const raw = Buffer.from(member.text);
    const body = member.store ? raw : deflateRawSync(raw);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(member.flags ?? 0x800, 2);
    fields.writeUInt16LE(member.method ?? (member.store ? 0 : 8), 4);
    fields.writeUInt32LE(member.crc ?? crc32(raw), 10);
    fields.writeUInt32LE(body.length, 14);
    fields.writeUInt32LE(member.unpacked ?? raw.length, 18);
    const name = Buffer.from(member.name);
    fields.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, name, body]);
    const offset = member.sameBytesAs === undefined ? at : (offsets[member.sameBytesAs] ?? 0);
    offsets.push(offset);
    if (member.sameBytesAs === undefined) {
      parts.push(local);
      at += local.length;
    }
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x03"), fields, tail, name]));
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(members.length, 8);
  end.writeUInt16LE(members.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}
