// Bytes to text: UTF-8 first, UTF-16 as PowerShell writes it, Windows-1252 where the bytes cannot be UTF-8.

/** How much is looked at to find UTF-16 without a byte order mark. */
const sampleBytes = 4_096;

export function decodeText(bytes: Uint8Array): string {
  const text = decodeByMark(bytes) ?? decodeByContent(bytes);
  // A sparse log (copytruncate) starts with a run of NULs; none of them was ever written by anybody.
  return text.includes("\0") ? text.replaceAll("\0", "") : text;
}

function decodeByMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
    return new TextDecoder("utf-8").decode(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeBigEndian(bytes.subarray(2));
  return undefined;
}

function decodeByContent(bytes: Uint8Array): string {
  const order = utf16Order(bytes);
  if (order === "le") return new TextDecoder("utf-16le").decode(bytes);
  if (order === "be") return decodeBigEndian(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const lossy = new TextDecoder("utf-8").decode(bytes);
    return isMostlyInvalid(lossy) ? decodeWindows(bytes) : lossy;
  }
}

/** 0x80 to 0x9f, where Windows-1252 has letters and Latin-1 has nothing. Node 20's own decoder takes it for Latin-1. */
const windowsLetters = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

function decodeWindows(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return latin.replace(/[\x80-\x9f]/g, (letter) => windowsLetters[letter.charCodeAt(0) - 0x80] ?? letter);
}

/** Node's TextDecoder knows big-endian too, but not in builds with small ICU. */
function decodeBigEndian(bytes: Uint8Array): string {
  const swapped = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
  return new TextDecoder("utf-16le").decode(swapped.swap16());
}

/** ASCII in UTF-16 has a NUL in every other byte, always on the same side. */
export function utf16Order(bytes: Uint8Array): "le" | "be" | undefined {
  const length = Math.min(bytes.length, sampleBytes) & ~1;
  if (length < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) even++;
    if (bytes[i + 1] === 0) odd++;
  }
  const pairs = length / 2;
  if (odd > pairs * 0.6 && even < pairs * 0.05) return "le";
  if (even > pairs * 0.6 && odd < pairs * 0.05) return "be";
  return undefined;
}

/** More broken bytes than good letters beyond ASCII: it never was UTF-8, rather than UTF-8 with a cut. */
function isMostlyInvalid(lossy: string): boolean {
  let broken = 0;
  let good = 0;
  for (let i = 0; i < lossy.length; i++) {
    const code = lossy.charCodeAt(i);
    if (code === 0xfffd) broken++;
    else if (code > 0x7f) good++;
  }
  return broken > good;
}
