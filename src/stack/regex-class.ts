// Classes of characters: `[a-z]`, `\d`, `[[:alpha:]]`, `\p{Greek}`.

import { readCode } from "./regex-code.ts";
import { type Reader, RegexFault, type RegexNode } from "./regex-reader.ts";

type Test = (code: number) => boolean;

const isDigit: Test = (code) => code >= 48 && code <= 57;

const isWord: Test = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;

const isSpace: Test = (code) => code === 32 || code === 9 || code === 10 || code === 12 || code === 13;

export const not =
  (test: Test): Test =>
  (code) =>
    !test(code);

const perlClasses: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
};

/** `\d`, `\w`, `\p{Greek}`; undefined (and nothing read) for other escapes. */
export function readClassEscape(r: Reader): Test | undefined {
  const letter = r.chars[r.at + 1] ?? "";
  const perl = perlClasses[letter];
  if (perl) {
    r.at += 2;
    return perl;
  }
  if (letter !== "p" && letter !== "P") return undefined;
  const text = r.chars.slice(r.at, r.at + 60).join("");
  const match = /^\\[pP](?:\{(\^?)(\w{1,40})\}|(\w))/.exec(text);
  const name = match?.[2] ?? match?.[3] ?? "";
  const test = match ? unicodeClass(name) : undefined;
  if (!match || !test)
    throw new RegexFault(`invalid character class range: \`${match?.[0] ?? text.slice(0, 2)}\``, r.at);
  r.at += match[0].length;
  return (letter === "P") !== (match[1] === "^") ? not(test) : test;
}

function unicodeClass(name: string): Test | undefined {
  if (name === "Any") return () => true;
  for (const property of [name, `Script=${name}`]) {
    try {
      const regex = new RegExp(`^\\p{${property}}$`, "u");
      return (code) => regex.test(String.fromCodePoint(code));
    } catch {
      // Neither a category nor a script of that name.
    }
  }
  return undefined;
}

const posix: Readonly<Record<string, Test>> = {
  alnum: (code) => isWord(code) && code !== 95,
  alpha: (code) => isWord(code) && code !== 95 && !isDigit(code),
  ascii: (code) => code < 128,
  blank: (code) => code === 32 || code === 9,
  cntrl: (code) => code < 32 || code === 127,
  digit: isDigit,
  graph: (code) => code > 32 && code < 127,
  lower: (code) => code >= 97 && code <= 122,
  print: (code) => code >= 32 && code < 127,
  punct: (code) => code > 32 && code < 127 && !(isWord(code) && code !== 95),
  space: (code) => isSpace(code) || code === 11,
  upper: (code) => code >= 65 && code <= 90,
  word: isWord,
  xdigit: (code) => isDigit(code) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102),
};

export function readClass(r: Reader): RegexNode {
  const opened = r.at;
  const source = () => r.chars.slice(opened).join("");
  r.at++;
  const negated = r.chars[r.at] === "^";
  if (negated) r.at++;
  const tests: Test[] = [];
  for (let first = true; first || r.chars[r.at] !== "]"; first = false) {
    if (r.at >= r.chars.length) throw new RegexFault(`missing closing ]: \`${source()}\``, opened);
    tests.push(readClassItem(r, opened));
  }
  r.at++;
  const { ignoreCase } = r.flags;
  const inside: Test = (code) =>
    tests.some((test) => test(code)) ||
    (ignoreCase && otherCases(code).some((other) => tests.some((test) => test(other))));
  return { is: "char", matches: negated ? not(inside) : inside };
}

function otherCases(code: number): readonly number[] {
  const text = String.fromCodePoint(code);
  return [text.toLowerCase(), text.toUpperCase()].flatMap((other) =>
    [...other].length === 1 ? [other.codePointAt(0) ?? code] : [],
  );
}

function readClassItem(r: Reader, opened: number): Test {
  const text = r.chars.slice(r.at, r.at + 16).join("");
  const named = /^\[:(\^?)(\w+):\]/.exec(text);
  if (named) {
    const test = posix[named[2] ?? ""];
    if (!test) throw new RegexFault(`invalid character class range: \`${named[0]}\``, r.at);
    r.at += named[0].length;
    return named[1] === "^" ? not(test) : test;
  }
  const start = r.at;
  const whole = r.chars[r.at] === "\\" ? readClassEscape(r) : undefined;
  if (whole) return whole;
  const low = readClassCode(r, opened);
  if (r.chars[r.at] !== "-" || r.chars[r.at + 1] === undefined || r.chars[r.at + 1] === "]")
    return (code) => code === low;
  r.at++;
  const high = readClassCode(r, opened);
  if (high < low) {
    throw new RegexFault(`invalid character class range: \`${r.chars.slice(start, r.at).join("")}\``, start);
  }
  return (code) => code >= low && code <= high;
}

function readClassCode(r: Reader, opened: number): number {
  const char = r.chars[r.at];
  if (char === undefined)
    throw new RegexFault(`missing closing ]: \`${r.chars.slice(opened).join("")}\``, opened);
  if (char !== "\\") {
    r.at++;
    return char.codePointAt(0) ?? 0;
  }
  if (r.chars[r.at + 1] === undefined)
    throw new RegexFault("trailing backslash at end of expression: ``", r.at);
  return readCode(r);
}
