// bcrypt ($2b$), the only hash of passwords that Prometheus' web configuration takes. Node has none (Provos and Mazières, USENIX 1999).
import { randomBytes, timingSafeEqual } from "node:crypto";

const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const magic = "OrpheanBeholderScryDoubt";
/** As the documentation of the web configuration advises: about 70 ms for who asks, then cached there. */
const usualCost = 10;

export function bcrypt(password: string, salt: Buffer = randomBytes(16), cost: number = usualCost): string {
  const key = Buffer.concat([Buffer.from(password, "utf8").subarray(0, 72), Buffer.from([0])]);
  const { p, s } = start();
  expand(p, s, key, salt);
  for (let i = 0; i < 2 ** cost; i++) {
    expand(p, s, key);
    expand(p, s, salt);
  }
  const words = new Int32Array(6);
  for (let i = 0; i < 6; i++) words[i] = Buffer.from(magic).readInt32BE(i * 4);
  for (let round = 0; round < 64; round++) for (let i = 0; i < 6; i += 2) encipher(p, s, words, i);
  const out = Buffer.alloc(24);
  for (const [i, word] of words.entries()) out.writeInt32BE(word, i * 4);
  return `$2b$${String(cost).padStart(2, "0")}$${base64(salt)}${base64(out.subarray(0, 23))}`;
}

export function isBcryptOf(password: string, hash: string): boolean {
  const match = /^\$2[aby]\$(\d\d)\$([./A-Za-z0-9]{22})[./A-Za-z0-9]{31}$/.exec(hash);
  if (!match) return false;
  const made = bcrypt(password, unbase64(match[2] ?? ""), Number(match[1]));
  return timingSafeEqual(Buffer.from(made.slice(7)), Buffer.from(hash.slice(7)));
}

interface State {
  readonly p: Int32Array;
  readonly s: Int32Array;
}

let digits: Int32Array | undefined;

/** Blowfish begins with the digits of pi: 18 words, then four boxes of 256. */
function start(): State {
  digits ??= piWords(18 + 1024);
  return { p: digits.slice(0, 18), s: digits.slice(18) };
}

/** The fraction of pi in binary, by Machin's formula in whole numbers. */
function piWords(count: number): Int32Array {
  const guard = 64n;
  const size = BigInt(count * 32) + guard;
  const one = 1n << size;
  const arctan = (x: bigint): bigint => {
    let power = one / x;
    let sum = power;
    for (let n = 3n, sign = -1n; power > 0n; n += 2n, sign = -sign) {
      power /= x * x;
      sum += (sign * power) / n;
    }
    return sum;
  };
  const pi = 4n * (4n * arctan(5n) - arctan(239n));
  const hex = ((pi - 3n * one) >> guard).toString(16).padStart(count * 8, "0");
  return Int32Array.from({ length: count }, (_, i) => Number.parseInt(hex.slice(i * 8, i * 8 + 8), 16) | 0);
}

function encipher(p: Int32Array, s: Int32Array, words: Int32Array, at: number): void {
  let left = (words[at] ?? 0) ^ (p[0] ?? 0);
  let right = words[at + 1] ?? 0;
  for (let i = 1; i <= 16; i += 2) {
    right ^= mixed(s, left) ^ (p[i] ?? 0);
    left ^= mixed(s, right) ^ (p[i + 1] ?? 0);
  }
  words[at] = right ^ (p[17] ?? 0);
  words[at + 1] = left;
}

function mixed(s: Int32Array, word: number): number {
  const sum = ((s[word >>> 24] ?? 0) + (s[256 + ((word >>> 16) & 0xff)] ?? 0)) | 0;
  return ((sum ^ (s[512 + ((word >>> 8) & 0xff)] ?? 0)) + (s[768 + (word & 0xff)] ?? 0)) | 0;
}

function expand(p: Int32Array, s: Int32Array, key: Uint8Array, salt?: Uint8Array): void {
  let at = 0;
  for (let i = 0; i < 18; i++) {
    p[i] = (p[i] ?? 0) ^ word(key, at);
    at += 4;
  }
  const block = new Int32Array(2);
  let from = 0;
  const fill = (into: Int32Array): void => {
    for (let i = 0; i < into.length; i += 2) {
      if (salt) {
        block[0] = (block[0] ?? 0) ^ word(salt, from);
        block[1] = (block[1] ?? 0) ^ word(salt, from + 4);
        from += 8;
      }
      encipher(p, s, block, 0);
      into[i] = block[0] ?? 0;
      into[i + 1] = block[1] ?? 0;
    }
  };
  fill(p);
  fill(s);
}

/** The bytes again and again. */
function word(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let i = 0; i < 4; i++) value = (value << 8) | (bytes[(at + i) % bytes.length] ?? 0);
  return value;
}

/** bcrypt's own alphabet, without padding. */
function base64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(i, i + 3);
    const left = bytes.length - i;
    const sixes = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    for (const six of sixes.slice(0, left >= 3 ? 4 : left + 1)) text += alphabet[six] ?? "";
  }
  return text;
}

function unbase64(text: string): Buffer {
  const sixes = [...text].map((one) => alphabet.indexOf(one));
  const bytes = Buffer.alloc(16);
  for (let i = 0; i < 16; i++) {
    const bit = i * 8;
    const [first = 0, second = 0] = sixes.slice(Math.floor(bit / 6));
    bytes[i] = ((((first << 6) | second) << (bit % 6)) >> 4) & 0xff;
  }
  return bytes;
}
