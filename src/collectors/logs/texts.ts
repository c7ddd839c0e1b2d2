// The text patterns of all rules, compiled once for all sources.
import { type CompiledPattern, compilePattern, type TextPattern } from "../../model/pattern.ts";

export interface TextSet {
  readonly patterns: readonly CompiledPattern[];
  /** Runs of digits in the patterns: lines that differ in one of these are different messages. */
  readonly digits: ReadonlySet<string>;
}

const cache = new Map<string, TextSet>();

/** Each pattern once, in the order given. */
export function textSet(texts: readonly TextPattern[]): TextSet {
  const distinct = [...new Set(texts)];
  const key = distinct.join("\n");
  const known = cache.get(key);
  if (known) return known;
  const patterns = distinct.map(compilePattern);
  const digits = new Set(distinct.flatMap((text) => text.match(/\d+/g) ?? []));
  const set = { patterns, digits };
  cache.clear();
  cache.set(key, set);
  return set;
}

/** White space and case vary between sources; the literals are lower case with single spaces. */
export function plainForm(text: string): string {
  return text.replace(/\s+/g, " ").toLowerCase();
}

/** Indexes of the patterns that match, in order. */
export function matchesOf(set: TextSet, text: string): readonly number[] {
  const plain = plainForm(text);
  const found: number[] = [];
  for (const [i, pattern] of set.patterns.entries()) {
    if (plain.includes(pattern.literal) && pattern.regex.test(text)) found.push(i);
  }
  return found;
}
