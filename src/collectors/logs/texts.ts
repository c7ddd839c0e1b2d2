// The text patterns of all rules, compiled once for all sources.
import { Buffer } from "node:buffer";
import { type CompiledPattern, compilePattern, type TextPattern } from "../../model/pattern.ts";
import type { Automaton } from "./automaton.ts";
import { type SpelledDigits, spelledDigits } from "./fold.ts";
import { lineTriggers } from "./triggers.ts";

export interface TextSet {
  readonly patterns: readonly CompiledPattern[];
  /** Finds lines worth reading; its first words are the distinct literals of the patterns. */
  readonly triggers: Automaton;
  /** Patterns by number of their literal. */
  readonly byLiteral: readonly (readonly number[])[];
  /** Numbers the patterns spell out: lines that differ in one of these are different messages. */
  readonly digits: SpelledDigits;
}

let latest: { readonly key: string; readonly set: TextSet } | undefined;

/** Each pattern once, in the order given. Building takes some 20 ms for 800 patterns, so the last set is remembered. */
export function textSet(texts: readonly TextPattern[]): TextSet {
  const distinct = [...new Set(texts)];
  const key = distinct.join("\n");
  if (latest?.key === key) return latest.set;
  const patterns = distinct.map(compilePattern);
  const literals = new Map<string, number[]>();
  patterns.forEach(({ literal }, i) => {
    const same = literals.get(literal);
    if (same) same.push(i);
    else literals.set(literal, [i]);
  });
  const set: TextSet = {
    patterns,
    triggers: lineTriggers([...literals.keys()]),
    byLiteral: [...literals.values()],
    digits: spelledDigits(distinct),
  };
  latest = { key, set };
  return set;
}

/** Indexes of the patterns that match, in order. */
export function matchesOf(set: TextSet, text: string): readonly number[] {
  const { classOf, table, start, hits, wordsAt } = set.triggers;
  const bytes = Buffer.from(text.replace(/\s+/g, " "));
  const literals = new Set<number>();
  let state = start;
  for (const byte of bytes) {
    state = table[state + (classOf[byte] ?? 0)] ?? 0;
    if (state >= hits) for (const word of wordsAt(state)) if (word < set.byLiteral.length) literals.add(word);
  }
  if (literals.size === 0) return [];
  return [...literals]
    .flatMap((literal) => set.byLiteral[literal] ?? [])
    .filter((i) => set.patterns[i]?.regex.test(text))
    .sort((a, b) => a - b);
}
