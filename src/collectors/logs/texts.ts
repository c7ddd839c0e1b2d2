// The text patterns of all rules, compiled once for all sources.
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

const newline = 10;
const blank = 32;

const sets = new WeakMap<readonly TextPattern[], TextSet>();
let latest: { readonly key: string; readonly set: TextSet } | undefined;

/** Each pattern once, in the order given. Sets are remembered: every parser asks for the same one, for every segment. */
export function textSet(texts: readonly TextPattern[]): TextSet {
  const known = sets.get(texts);
  if (known) return known;
  const distinct = [...new Set(texts)];
  const key = distinct.join("\n");
  if (latest?.key !== key) latest = { key, set: build(distinct) };
  sets.set(texts, latest.set);
  return latest.set;
}

function build(distinct: readonly TextPattern[]): TextSet {
  const patterns = distinct.map(compilePattern);
  const words = new Map<string, number[]>();
  patterns.forEach(({ literal }, i) => {
    const word = literal.slice(0, longestWord);
    const same = words.get(word);
    if (same) same.push(i);
    else words.set(word, [i]);
  });
  return {
    patterns,
    triggers: lineTriggers([...words.keys()]),
    byWord: [...words.values()],
    digits: spelledDigits(distinct),
  };
}

/**
 * Numbers of the patterns' words that stand in a text. The automaton sees white space and case as `plainForm` does, so ASCII is
 * read as it is; undefined for other text, unless it is in plain form.
 */
function wordsOf({ triggers, byWord }: TextSet, text: string, isPlain = false): Set<number> | undefined {
  const { classOf, table, start, hits, wordsAt } = triggers;
  const found = new Set<number>();
  let state = start;
  for (let i = 0; i < text.length; i += 1) {
    const char = text.charCodeAt(i);
    const code = char === newline ? blank : char;
    if (code > 127 && !isPlain) return undefined;
    // No pattern's word has a character beyond ASCII.
    state = table[state + (code > 127 ? 0 : (classOf[code] as number))] as number;
    if (state >= hits) for (const word of wordsAt(state)) if (word < byWord.length) found.add(word);
  }
  return found;
}

/** Indexes of the patterns that match, in order. */
export function matchesOf(set: TextSet, text: string): readonly number[] {
  const found = wordsOf(set, text) ?? wordsOf(set, plainForm(text), true);
  if (!found || found.size === 0) return [];
  const plain = plainForm(text);
  return [...found]
    .flatMap((word) => set.byWord[word] ?? [])
    .filter((i) => {
      const pattern = set.patterns[i];
      return pattern !== undefined && matchPattern(pattern, text, plain) !== null;
    })
    .sort((a, b) => a - b);
}
