// MD5 (RFC 1321) for Prometheus' hashmod relabelling, which must be computed without node:crypto here.

const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const constants = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) >>> 0);

/** The 16 bytes of the digest of a text in UTF-8. */
export function md5(text: string): Uint8Array {
  const words = padded(new TextEncoder().encode(text));
  let state: readonly [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let at = 0; at < words.length; at += 16) state = addBlock(state, words.subarray(at, at + 16));
  const digest = new Uint8Array(16);
  const view = new DataView(digest.buffer);
  for (const [index, word] of state.entries()) view.setUint32(index * 4, word, true);
  return digest;
}

function padded(bytes: Uint8Array): Uint32Array {
  const length = (Math.floor((bytes.length + 8) / 64) + 1) * 64;
  const buffer = new Uint8Array(length);
  buffer.set(bytes);
  buffer[bytes.length] = 0x80;
  const view = new DataView(buffer.buffer);
  view.setUint32(length - 8, (bytes.length * 8) >>> 0, true);
  view.setUint32(length - 4, Math.floor(bytes.length / 2 ** 29), true);
  return Uint32Array.from({ length: length / 4 }, (_, index) => view.getUint32(index * 4, true));
}

function addBlock(
  state: readonly [number, number, number, number],
  block: Uint32Array,
): readonly [number, number, number, number] {
  let [a, b, c, d] = state;
  for (let i = 0; i < 64; i++) {
    const round = Math.floor(i / 16);
    const [f, g] = mix(round, i, b, c, d);
    const sum = (a + f + (constants[i] ?? 0) + (block[g] ?? 0)) >>> 0;
    const shift = shifts[round * 4 + (i % 4)] ?? 0;
    [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) >>> 0];
  }
  return [(state[0] + a) >>> 0, (state[1] + b) >>> 0, (state[2] + c) >>> 0, (state[3] + d) >>> 0];
}

function mix(round: number, i: number, b: number, c: number, d: number): readonly [number, number] {
  if (round === 0) return [(b & c) | (~b & d), i];
  if (round === 1) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (round === 2) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}

/** `hashmod`: the last eight bytes of the digest as a big-endian number, modulo `modulus`. */
export function hashMod(text: string, modulus: bigint): bigint {
  const view = new DataView(md5(text).buffer);
  return view.getBigUint64(8) % modulus;
}
