// Does a line of text say what a pattern says, and with which words in its holes; what is told as history says nothing.
import { type CompiledPattern, matchPattern, plainForm } from "../model/pattern.ts";
import type { TextLine } from "../model/text.ts";

/** Does the line match one of the patterns? */
export function matches(patterns: readonly CompiledPattern[], line: TextLine): boolean {
  if (isHistory(line)) return false;
  const plain = plainOf(line);
  return patterns.some((pattern) => matchPattern(pattern, line.text, plain) !== null);
}

const over =
  /\b(?:solved|fixed (?:it|that|by)|was fixed|resolved|back then|used to be|last (?:year|month|winter|spring|summer|autumn)|worked since|works since|worked ever since|in the past)\b/i;

const lasting =
  /\b(?:still|again|now|not (?:solved|fixed|resolved)|isn't|never|but|until|since (?:then|today|yesterday) (?:it|we|the) (?:fail|do))\b/i;

/** A sentence that tells of a fault that is over. What people write about today counts as much as a log. */
export function isHistory({ stream, text }: TextLine): boolean {
  return stream === "note" && text.length < 2_000 && over.test(text) && !lasting.test(text);
}

/** Every text rule looks at every line, so its plain form is kept. */
const plainForms = new WeakMap<TextLine, string>();

function plainOf(line: TextLine): string {
  const known = plainForms.get(line);
  if (known !== undefined) return known;
  const plain = plainForm(line.text);
  plainForms.set(line, plain);
  return plain;
}

/** The first pattern's named holes for this line. */
export function capture(
  patterns: readonly CompiledPattern[],
  line: TextLine,
): Readonly<Record<string, string>> {
  const plain = plainOf(line);
  for (const pattern of patterns) {
    const match = matchPattern(pattern, line.text, plain);
    if (match) return { ...match.groups };
  }
  return {};
}
