// Looks at the first bytes of a file: text, archive, binary, or one large document.
import { isUtf8 } from "node:buffer";
import { decodeText, utf16Order } from "./decode-text.ts";

export type ByteKind = "text" | "gzip" | "zip" | "tar" | "packed" | "binary";

const magics: readonly (readonly [readonly number[], ByteKind])[] = [
  [[0x1f, 0x8b], "gzip"],
  [[0x50, 0x4b, 0x03, 0x04], "zip"],
  [[0x50, 0x4b, 0x05, 0x06], "zip"],
  // xz, zstd, bzip2, 7z: Node 20 has nothing to unpack them with.
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "packed"],
  [[0x28, 0xb5, 0x2f, 0xfd], "packed"],
  [[0x42, 0x5a, 0x68], "packed"],
  [[0x37, 0x7a, 0xbc, 0xaf], "packed"],
];

/** How much of the bytes that are neither NUL nor text may be control characters. */
const controlShare = 0.1;
/** In an older encoding than UTF-8 there are letters beyond ASCII, but no control characters: those make it compressed data. */
const foreignControlShare = 0.02;

export function sniff(head: Uint8Array): ByteKind {
  for (const [magic, kind] of magics) {
    if (head.length >= magic.length && magic.every((byte, i) => head[i] === byte)) return kind;
  }
  if (isTar(head)) return "tar";
  return isText(head) ? "text" : "binary";
}

/** POSIX and GNU tar carry `ustar` at 257; older ones only a checksum. */
function isTar(head: Uint8Array): boolean {
  if (head.length < 512) return false;
  if (ascii(head, 257, 262) === "ustar") return true;
  const stored = Number.parseInt(ascii(head, 148, 156).replace(/[\0 ]/g, ""), 8);
  if (!Number.isFinite(stored) || stored === 0) return false;
  let sum = 0;
  for (let i = 0; i < 512; i++) sum += i >= 148 && i < 156 ? 32 : (head[i] ?? 0);
  return sum === stored;
}

function ascii(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function isText(head: Uint8Array): boolean {
  if (head.length === 0 || utf16Order(head) || hasUtf16Mark(head)) return true;
  let nul = 0;
  let control = 0;
  for (const byte of head) {
    if (byte === 0) nul++;
    // Tab, line feed, vertical tab, form feed, CR, backspace, bell and ESC stand in terminal output.
    else if (byte < 0x20 && !(byte >= 0x07 && byte <= 0x0d) && byte !== 0x1b) control++;
  }
  const rest = head.length - nul;
  if (rest === 0) return false;
  // NULs in one run come from a log that was truncated while it was open; scattered ones from a binary.
  if (nul > 0 && nulRuns(head) > Math.max(4, rest / 200)) return false;
  return control / rest < (isUtf8(withoutCutEnd(head)) ? controlShare : foreignControlShare);
}

/** A character of several bytes may be cut where the head ends. */
function withoutCutEnd(head: Uint8Array): Uint8Array {
  let end = head.length;
  while (end > 0 && head.length - end < 3 && ((head[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return head.subarray(0, (head[end - 1] ?? 0) >= 0xc0 ? end - 1 : end);
}

function hasUtf16Mark(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

function nulRuns(head: Uint8Array): number {
  let runs = 0;
  for (let i = 0; i < head.length; i++) if (head[i] === 0 && head[i - 1] !== 0) runs++;
  return runs;
}

/** True for one JSON or YAML document, which must be held whole; JSON lines are a log. */
export function isDocumentHead(head: Uint8Array): boolean {
  const text = decodeText(head).trimStart();
  if (/^(?:#.*\n|---.*\n|\s*\n)*(?:apiVersion|kind|items|groups|scrape_configs|global|server):/.test(text))
    return true;
  if (!/^[[{]/.test(text)) return false;
  const end = text.indexOf("\n");
  if (end < 0) return true;
  try {
    JSON.parse(text.slice(0, end));
    return false;
  } catch {
    return true;
  }
}
