// ASN.1 in its distinguished encoding (X.690), as far as a certificate needs it. Node reads certificates and signs, but writes none.

const tags = {
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  nil: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  sequence: 0x30,
  set: 0x31,
};

export function element(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body]);
}

function lengthOf(size: number): Buffer {
  if (size < 0x80) return Buffer.from([size]);
  const bytes: number[] = [];
  for (let left = size; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

export const sequence = (...parts: readonly Uint8Array[]): Buffer => element(tags.sequence, ...parts);
export const set = (...parts: readonly Uint8Array[]): Buffer => element(tags.set, ...parts);
export const octets = (bytes: Uint8Array): Buffer => element(tags.octets, bytes);
export const utf8 = (text: string): Buffer => element(tags.utf8, Buffer.from(text));
export const yes: Buffer = Buffer.from([0x01, 0x01, 0xff]);

/** Positive: a first bit that is set would mean a negative number. */
export function integer(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const body = bytes.subarray(from);
  return element(tags.integer, (body[0] ?? 0) & 0x80 ? Buffer.concat([Buffer.from([0]), body]) : body);
}

/** `unused` bits at the end of the last byte. */
export function bits(bytes: Uint8Array, unused = 0): Buffer {
  return element(tags.bits, Buffer.from([unused]), bytes);
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split(".").map(Number);
  const bytes = [40 * first + second, ...rest.flatMap(base128)];
  return element(tags.oid, Buffer.from(bytes));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) bytes.unshift(0x80 | (left & 0x7f));
  return bytes;
}

/** Two digits of the year until 2049, four from then on (RFC 5280, 4.1.2.5). */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

/** `[0]`, `[3]`: a context's own tag around something whole. */
export function tagged(number: number, ...parts: readonly Uint8Array[]): Buffer {
  return element(0xa0 | number, ...parts);
}

/** The same in place of the thing's own tag. */
export function implicit(number: number, bytes: Uint8Array): Buffer {
  return element(0x80 | number, bytes);
}
