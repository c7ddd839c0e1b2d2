// Reads bytes of any size in chunks, finds the lines that matter and gives them to the collector.
import type { Kind, TextCollector } from "./collector.ts";
import { foldKey } from "./fold.ts";
import type { TextSet } from "./texts.ts";

const newline = 10;

/** Pushes all lines of `bytes` into the collector. */
export function scanBytes(bytes: Buffer, collector: TextCollector, texts: TextSet): void {
  const kinds = new Map<number, Kind>();
  let start = 0;
  let index = 0;
  while (start < bytes.length) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    const key = foldKey(bytes, start, end, texts.digits, collector.seed);
    const known = kinds.get(key);
    const raw = bytes.toString("utf8", start, end);
    if (known) {
      known.count += 1;
      known.last = index;
      known.lastRaw = raw;
    } else kinds.set(key, collector.add(raw, index));
    start = end + 1;
    index += 1;
  }
}
