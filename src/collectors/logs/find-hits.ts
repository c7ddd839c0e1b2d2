// Where in a buffer the lines are that hold a word of the automaton.
import type { Buffer } from "node:buffer";
import type { Automaton } from "./automaton.ts";
import { type FindHits, wasmFindHits } from "./wasm-scan.ts";

/** No buffer is larger. */
export const largestBuffer = 524_288;
/** Setting up the fast loop takes as long as reading this much with the slow one. */
const worthwhile = 4_000_000;
const newline = 10;

interface Use {
  bytes: number;
  fast: FindHits | undefined;
}
const uses = new WeakMap<Automaton, Use>();

/** For every line that holds a word: where its first word ends. In ascending order. */
export function findHits(automaton: Automaton, buffer: Buffer, end: number): readonly number[] {
  const use = uses.get(automaton) ?? { bytes: 0, fast: undefined };
  uses.set(automaton, use);
  use.bytes += end;
  if (use.bytes > worthwhile) use.fast ??= wasmFindHits(automaton, largestBuffer);
  return (use.fast ?? findHitsPlainly.bind(undefined, automaton))(buffer, end);
}

/** The same, in JavaScript. */
export function findHitsPlainly(
  { classOf, table, start, hits }: Automaton,
  buffer: Buffer,
  end: number,
): readonly number[] {
  const found: number[] = [];
  let state = start;
  for (let at = 0; at < end; at += 1) {
    state = table[state + (classOf[buffer[at] as number] as number)] as number;
    if (state < hits) continue;
    found.push(at);
    at = lineEnd(buffer, at, end);
    state = start;
  }
  return found;
}

/** The newline behind `at`: nothing else in this line matters. */
export function lineEnd(buffer: Buffer, at: number, end: number): number {
  const found = buffer.indexOf(newline, at);
  return found < 0 || found > end ? end : found;
}
