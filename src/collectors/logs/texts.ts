// The text patterns of all rules, compiled once for all sources.
import { Buffer } from "node:buffer";
import {
  type CompiledPattern,
  compilePattern,
  matchPattern,
  plainForm,
  type TextPattern,
} from "../../model/pattern.ts";
import type { Automaton } from "./automaton.ts";
import { type SpelledDigits, spelledDigits } from "./fold.ts";
import { lineTriggers } from "./triggers.ts";

export interface TextSet {
  readonly patterns: readonly CompiledPattern[];
  /** Finds lines worth reading; its first words are what the patterns' literals begin with. */
  readonly triggers: Automaton;
  /** Patterns by number of their word. */
  readonly byWord: readonly (readonly number[])[];
  /** Numbers the patterns spell out: lines that differ in one of these are different messages. */
  readonly digits: SpelledDigits;
}

/** The regular expression decides; a longer word would only make the table larger. */
const longestWord = 16;

let latest: { readonly key: string; readonly set: TextSet } | undefined;

/** Each pattern once, in the order given. The last set is remembered: every parser asks for the same one. */
export function textSet(texts: readonly TextPattern[]): TextSet {
  const distinct = [...new Set(texts)];
  const key = distinct.join("\n");
  if (latest?.key === key) return latest.set;
  const patterns = distinct.map(compilePattern);
  const words = new Map<string, number[]>();
  patterns.forEach(({ literal }, i) => {
    const word = literal.slice(0, longestWord);
    const same = words.get(word);
    if (same) same.push(i);
    else words.set(word, [i]);
  });
  const set: TextSet = {
    patterns,
    triggers: lineTriggers([...words.keys()]),
    byWord: [...words.values()],
    digits: spelledDigits(distinct),
  };
  latest = { key, set };
  return set;
}

/** Indexes of the patterns that match, in order. */
export function matchesOf(set: TextSet, text: string): readonly number[] {
  const { classOf, table, start, hits, wordsAt } = set.triggers;
  const plain = plainForm(text);
  const bytes = Buffer.from(plain);
  const found = new Set<number>();
  let state = start;
  for (const byte of bytes) {
    state = table[state + (classOf[byte] ?? 0)] ?? 0;
    if (state >= hits) for (const word of wordsAt(state)) if (word < set.byWord.length) found.add(word);
  }
  if (found.size === 0) return [];
  return [...found]
    .flatMap((word) => set.byWord[word] ?? [])
    .filter((i) => {
      const pattern = set.patterns[i];
      return pattern !== undefined && matchPattern(pattern, text, plain) !== null;
    })
    .sort((a, b) => a - b);
}
