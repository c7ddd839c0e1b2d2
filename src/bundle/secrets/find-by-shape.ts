// Finds secrets that show what they are by their form.
import { isPlaceholder } from "./secret-keys.ts";
import { type Shape, shapes } from "./shapes.ts";
import type { SecretSpan } from "./span.ts";

/** Shorter texts are looked at as they are. */
const worthwhile = 4_000;
const bits = 128 * 128;

/**
 * The shapes that can stand in a text at all: most texts hold none of the hints, and are then not looked at line by line. One
 * pass notes which pairs of characters follow each other; a hint with a pair that does not stand anywhere is not there.
 */
export function shapesIn(lines: readonly string[]): readonly Shape[] {
  if (lines.reduce((sum, line) => sum + line.length, 0) < worthwhile) return shapes;
  const pairs = new Uint8Array(bits);
  for (const line of lines) {
    let before = line.charCodeAt(0) & 127;
    for (let i = 1; i < line.length; i += 1) {
      const code = line.charCodeAt(i) & 127;
      pairs[before * 128 + code] = 1;
      before = code;
    }
  }
  return shapes.filter(({ hints }) => hints.some((hint) => mayHold(pairs, hint)));
}

function mayHold(pairs: Uint8Array, hint: string): boolean {
  for (let i = 1; i < hint.length; i += 1) {
    if (pairs[(hint.charCodeAt(i - 1) & 127) * 128 + (hint.charCodeAt(i) & 127)] === 0) return false;
  }
  return true;
}

export function findByShape(
  text: string,
  line: number,
  possible: readonly Shape[] = shapes,
): readonly SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const { kind, hints, pattern, accepts } of possible) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const range = match.indices?.groups?.secret;
      const secret = match.groups?.secret ?? "";
      if (!range || isPlaceholder(secret) || (accepts && !accepts(secret))) continue;
      spans.push({ line, start: range[0], end: range[1], kind });
    }
  }
  return spans;
}
