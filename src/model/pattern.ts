// Text patterns as people write them: the literal message with named holes, e.g. `lock DB directory: open {path}: permission denied`.
// Holes: `{name}` one word, `{name*}` anything, `{name#}` digits, `…` anything (not captured).
// Matching ignores case, how much white space stands between words, backslashes before quotes (`err="…\"x\"…"`) and
// whether JSON wrote `<`, `>` and `&` as escapes.

export type TextPattern = string;

export interface CompiledPattern {
  readonly pattern: TextPattern;
  readonly regex: RegExp;
  /** A lower-case piece every matching line contains; a scanner looks for it before it tries the regex. */
  readonly literal: string;
  /** All lower-case pieces, in the order in which every matching line contains them. */
  readonly pieces: readonly string[];
}

const hole = /\{([a-zA-Z][a-zA-Z0-9]*)([*#]?)\}|…/g;

const compiled = new Map<TextPattern, CompiledPattern>();

/**
 * Compiles a pattern, each once: rules, collectors and the scanner ask for the same ones. Throws on two holes of one name, and
 * on a pattern without a literal piece of at least four characters: it would match anything.
 */
export function compilePattern(pattern: TextPattern): CompiledPattern {
  const result = compiled.get(pattern) ?? compile(pattern);
  compiled.set(pattern, result);
  return result;
}

function compile(pattern: TextPattern): CompiledPattern {
  const holes = [...pattern.matchAll(hole)];
  const names = holes.flatMap(([, name]) => name ?? []);
  if (new Set(names).size < names.length)
    throw new Error(`text pattern with two holes of one name: ${pattern}`);
  const pieces = plainPieces(literalsOf(pattern, holes));
  const literal = pieces.reduce((best, piece) => (piece.length > best.length ? piece : best), "");
  if (literal.length < 4) throw new Error(`text pattern without a literal piece of 4 characters: ${pattern}`);
  let regex: RegExp | undefined;
  return {
    pattern,
    // Few of the patterns ever meet a line that has all their pieces.
    get regex() {
      regex ??= new RegExp(sourceOf(pattern, holes), "i");
      return regex;
    },
    literal,
    pieces,
  };
}

/** What stands before, between and behind the holes: one more than there are holes. */
function literalsOf(pattern: TextPattern, holes: readonly RegExpMatchArray[]): readonly string[] {
  const ends = holes.map((match) => (match.index ?? 0) + match[0].length);
  return [0, ...ends].map((start, i) => pattern.slice(start, holes[i]?.index ?? pattern.length));
}

function sourceOf(pattern: TextPattern, holes: readonly RegExpMatchArray[]): string {
  const [first = "", ...rest] = literalsOf(pattern, holes).map(escapeLiteral);
  return holes.reduce((source, match, i) => {
    const isLast = (match.index ?? 0) + match[0].length === pattern.length;
    return source + holeSource(match, isLast) + (rest[i] ?? "");
  }, first);
}

/** Text as pieces see it: lower case, with single blanks. */
export function plainForm(text: string): string {
  return text.replace(/\s+/g, " ").toLowerCase();
}

/**
 * The match of a pattern. Most lines lack one of the pieces, which is found out much faster than by the regex: that one
 * tries every length of every hole.
 */
export function matchPattern(
  pattern: CompiledPattern,
  text: string,
  plain: string = plainForm(text),
): RegExpExecArray | null {
  let at = 0;
  for (const piece of pattern.pieces) {
    const found = plain.indexOf(piece, at);
    if (found < 0) return null;
    at = found + piece.length;
  }
  return pattern.regex.exec(text);
}

function holeSource(match: RegExpMatchArray, atEnd: boolean): string {
  const [whole, name, kind] = match;
  if (whole === "…") return atEnd ? ".*" : ".{0,600}?";
  if (kind === "#") return `(?<${name}>\\d+)`;
  if (kind === "*") return atEnd ? `(?<${name}>.*)` : `(?<${name}>.{0,600}?)`;
  return atEnd ? `(?<${name}>[^\\s"'\\\\]+)` : `(?<${name}>[^\\s"'\\\\]+?)`;
}

function escapeLiteral(literal: string): string {
  return literal
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\s+/g, "\\s+")
    .replace(/"/g, '\\\\*"')
    .replace(/[<>&]/g, (char) => `(?:${char}|\\\\u00${char.charCodeAt(0).toString(16)})`);
}

/**
 * Quotes and white space vary between sources, Go's JSON escapes `<`, `>` and `&`, and case beyond ASCII is no matter of one
 * byte: pieces are taken from between them.
 */
function plainPieces(literals: readonly string[]): readonly string[] {
  return literals
    .flatMap((literal) => literal.split(/["\\<>&]|\s{2,}|[^ -~]/))
    .map((piece) => piece.trim().toLowerCase())
    .filter((piece) => piece !== "");
}
