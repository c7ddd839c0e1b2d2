// The inner loop of the scan: two table look-ups per byte, in two halves of the buffer at once. Each look-up waits for the
// one before it, so two independent chains are almost twice as fast as one.
import type { Buffer } from "node:buffer";
import type { Automaton } from "./automaton.ts";

const newline = 10;

/** For every line that holds a word of the automaton: where its first word ends. In ascending order. */
export function findHits(
  { classOf, table, start, hits }: Automaton,
  buffer: Buffer,
  end: number,
): readonly number[] {
  const found: number[] = [];
  const later: number[] = [];
  const half = buffer.indexOf(newline, end >> 1) + 1;
  const middle = half > 0 && half < end ? half : end;
  let a = 0;
  let b = middle;
  let stateA = start;
  let stateB = start;
  while (a < middle && b < end) {
    stateA = table[stateA + (classOf[buffer[a] as number] as number)] as number;
    stateB = table[stateB + (classOf[buffer[b] as number] as number)] as number;
    if (stateA >= hits) {
      found.push(a);
      a = lineEnd(buffer, a, middle);
      stateA = start;
    }
    if (stateB >= hits) {
      later.push(b);
      b = lineEnd(buffer, b, end);
      stateB = start;
    }
    a += 1;
    b += 1;
  }
  for (; a < middle; a += 1) {
    stateA = table[stateA + (classOf[buffer[a] as number] as number)] as number;
    if (stateA < hits) continue;
    found.push(a);
    a = lineEnd(buffer, a, middle);
    stateA = start;
  }
  for (; b < end; b += 1) {
    stateB = table[stateB + (classOf[buffer[b] as number] as number)] as number;
    if (stateB < hits) continue;
    later.push(b);
    b = lineEnd(buffer, b, end);
    stateB = start;
  }
  return later.length === 0 ? found : found.concat(later);
}

/** The newline behind `at`: nothing else in this line matters. */
export function lineEnd(buffer: Buffer, at: number, end: number): number {
  const found = buffer.indexOf(newline, at);
  return found < 0 || found > end ? end : found;
}
