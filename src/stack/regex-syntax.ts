// The syntax of Go's regexp package (RE2), which Prometheus, Loki, Promtail and Alloy use: a tree, or the error Go reports.

export type RegexNode =
  | { readonly is: "empty" }
  | { readonly is: "char"; readonly matches: (code: number) => boolean }
  | {
      readonly is: "assert";
      readonly kind: "start" | "end" | "line-start" | "line-end" | "word" | "not-word";
    }
  | { readonly is: "group"; readonly index: number; readonly node: RegexNode }
  | { readonly is: "sequence"; readonly nodes: readonly RegexNode[] }
  | { readonly is: "either"; readonly nodes: readonly RegexNode[] }
  | {
      readonly is: "repeat";
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

export interface RegexSyntax {
  readonly node: RegexNode;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
}

/** `message` is Go's, without the leading `error parsing regexp: `. */
export class RegexFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "RegexFault";
    this.offset = offset;
  }
}

interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

interface Reader {
  readonly chars: readonly string[];
  at: number;
  depth: number;
  flags: Flags;
  groups: number;
  readonly names: Map<string, number>;
}

const deepest = 200;
const longest = 20_000;
const noFlags: Flags = { ignoreCase: false, multiLine: false, dotAll: false, ungreedy: false };

/** Parses a pattern. `dotAll` is on in Prometheus 3 and in Loki. Throws a RegexFault. */
export function parseRegex(pattern: string, dotAll = false): RegexSyntax {
  if (pattern.length > longest) throw new RegexFault("expression too large", 0);
  const reader: Reader = {
    chars: [...pattern],
    at: 0,
    depth: 0,
    flags: { ...noFlags, dotAll },
    groups: 0,
    names: new Map(),
  };
  const node = readEither(reader);
  if (reader.at < reader.chars.length) throw new RegexFault(`unexpected ): \`${pattern}\``, reader.at);
  return { node, groups: reader.groups, names: reader.names };
}

function readEither(r: Reader): RegexNode {
  const nodes = [readSequence(r)];
  while (r.chars[r.at] === "|") {
    r.at++;
    nodes.push(readSequence(r));
  }
  return nodes.length === 1 ? (nodes[0] ?? { is: "empty" }) : { is: "either", nodes };
}

function readSequence(r: Reader): RegexNode {
  const nodes: RegexNode[] = [];
  while (r.at < r.chars.length && r.chars[r.at] !== "|" && r.chars[r.at] !== ")") {
    const start = r.at;
    const node = readAtom(r);
    if (node) nodes.push(readRepeat(r, node, start));
  }
  return nodes.length === 1 ? (nodes[0] ?? { is: "empty" }) : { is: "sequence", nodes };
}

/** Undefined for flags such as `(?i)`, which match nothing by themselves. */
function readAtom(r: Reader): RegexNode | undefined {
  const char = r.chars[r.at] ?? "";
  if (char === "(") return readGroup(r);
  if (char === "[") return readClass(r);
  if (char === "\\") return readEscape(r);
  if (char === "*" || char === "+" || char === "?" || isBoundedRepeat(r)) {
    throw new RegexFault(`missing argument to repetition operator: \`${repeatText(r)}\``, r.at);
  }
  r.at++;
  if (char === ".") return { is: "char", matches: r.flags.dotAll ? () => true : (code) => code !== 10 };
  if (char === "^") return { is: "assert", kind: r.flags.multiLine ? "line-start" : "start" };
  if (char === "$") return { is: "assert", kind: r.flags.multiLine ? "line-end" : "end" };
  return literal(char, r.flags.ignoreCase);
}

function literal(char: string, ignoreCase: boolean): RegexNode {
  const code = char.codePointAt(0) ?? 0;
  if (!ignoreCase) return { is: "char", matches: (other) => other === code };
  const lower = char.toLowerCase();
  const upper = char.toUpperCase();
  return {
    is: "char",
    matches(other) {
      const text = String.fromCodePoint(other);
      return other === code || text.toLowerCase() === lower || text.toUpperCase() === upper;
    },
  };
}

function rest(r: Reader): string {
  return r.chars.slice(r.at, r.at + 60).join("");
}

function isBoundedRepeat(r: Reader): boolean {
  return r.chars[r.at] === "{" && /^\{\d{1,9}(?:,\d{0,9})?\}/.test(rest(r));
}

function repeatText(r: Reader): string {
  return /^(?:[*+?]\??|\{\d{1,9}(?:,\d{0,9})?\}\??)/.exec(rest(r))?.[0] ?? "";
}

function readRepeat(r: Reader, node: RegexNode, start: number): RegexNode {
  const text = repeatText(r);
  if (text === "") return node;
  const bounds = repeatBounds(text, r.at);
  const lazy = (text.length > 1 && text.endsWith("?")) !== r.flags.ungreedy;
  r.at += text.length;
  const again = repeatText(r);
  if (again !== "") throw new RegexFault(`invalid nested repetition operator: \`${text}${again}\``, start);
  return { is: "repeat", node, ...bounds, lazy };
}

function repeatBounds(text: string, at: number): { min: number; max: number } {
  if (text[0] === "*") return { min: 0, max: Number.POSITIVE_INFINITY };
  if (text[0] === "+") return { min: 1, max: Number.POSITIVE_INFINITY };
  if (text[0] === "?") return { min: 0, max: 1 };
  const [, from = "0", comma, to = ""] = /^\{(\d+)(,)?(\d*)\}/.exec(text) ?? [];
  const min = Number(from);
  const max = comma === undefined ? min : to === "" ? Number.POSITIVE_INFINITY : Number(to);
  if (min > 1000 || (max !== Number.POSITIVE_INFINITY && (max > 1000 || min > max))) {
    throw new RegexFault(`invalid repeat count: \`${text.replace(/\?$/, "")}\``, at);
  }
  return { min, max };
}

function readGroup(r: Reader): RegexNode | undefined {
  const opened = r.at;
  if (++r.depth > deepest) throw new RegexFault("expression nests too deeply", opened);
  const saved = r.flags;
  r.at++;
  let index: number | undefined;
  if (r.chars[r.at] === "?") {
    const kind = readGroupKind(r, opened);
    if (kind === "flags") {
      r.depth--;
      return undefined;
    }
    if (kind !== "plain") {
      index = ++r.groups;
      r.names.set(kind.name, index);
    }
  } else index = ++r.groups;
  const node = readEither(r);
  if (r.chars[r.at] !== ")") throw new RegexFault(`missing closing ): \`${r.chars.join("")}\``, opened);
  r.at++;
  r.depth--;
  r.flags = saved;
  return index === undefined ? node : { is: "group", index, node };
}

/** What stands behind `(?`: a name, flags for a group, or flags up to the end of the group around. */
function readGroupKind(r: Reader, opened: number): "plain" | "flags" | { name: string } {
  const ahead = r.chars.slice(opened, opened + 80).join("");
  const named = /^\(\?P?<([^>]*)>/.exec(ahead);
  if (named && !/^\(\?<[=!]/.test(ahead)) {
    if (!/^\w+$/.test(named[1] ?? "")) throw new RegexFault(`invalid named capture: \`${named[0]}\``, opened);
    if (r.names.has(named[1] ?? ""))
      throw new RegexFault(`duplicate capture group name: \`${named[1]}\``, opened);
    r.at = opened + [...named[0]].length;
    return { name: named[1] ?? "" };
  }
  const flags = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(ahead);
  if (!flags || (flags[3] === ")" && flags[1] === "" && flags[2] === undefined)) {
    const bad = /^\(\?(?:<?[=!]|P?[=>]|.)/.exec(ahead)?.[0] ?? "(?";
    throw new RegexFault(`invalid or unsupported Perl syntax: \`${bad}\``, opened);
  }
  r.flags = changedFlags(r.flags, flags[1] ?? "", flags[2] ?? "");
  r.at = opened + flags[0].length;
  return flags[3] === ":" ? "plain" : "flags";
}

function changedFlags(flags: Flags, on: string, off: string): Flags {
  const set = (letter: string, now: boolean) =>
    on.includes(letter) ? true : off.includes(letter) ? false : now;
  return {
    ignoreCase: set("i", flags.ignoreCase),
    multiLine: set("m", flags.multiLine),
    dotAll: set("s", flags.dotAll),
    ungreedy: set("U", flags.ungreedy),
  };
}

type Test = (code: number) => boolean;

const isDigit: Test = (code) => code >= 48 && code <= 57;
const isWord: Test = (code) =>
  isDigit(code) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isSpace: Test = (code) => code === 32 || code === 9 || code === 10 || code === 12 || code === 13;
const not =
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
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 };
const asserts = { A: "start", z: "end", b: "word", B: "not-word" } as const;

function readEscape(r: Reader): RegexNode {
  const letter = r.chars[r.at + 1];
  if (letter === undefined) throw new RegexFault("trailing backslash at end of expression: ``", r.at);
  if (letter === "A" || letter === "z" || letter === "b" || letter === "B") {
    r.at += 2;
    return { is: "assert", kind: asserts[letter] };
  }
  if (letter === "Q") return readQuotedLiteral(r);
  const test = readClassEscape(r);
  if (test) return { is: "char", matches: test };
  return literal(String.fromCodePoint(readCode(r)), r.flags.ignoreCase);
}

function readQuotedLiteral(r: Reader): RegexNode {
  r.at += 2;
  const nodes: RegexNode[] = [];
  while (r.at < r.chars.length && !(r.chars[r.at] === "\\" && r.chars[r.at + 1] === "E")) {
    nodes.push(literal(r.chars[r.at] ?? "", r.flags.ignoreCase));
    r.at++;
  }
  r.at += 2;
  return { is: "sequence", nodes };
}

/** `\d`, `\w`, `\p{Greek}`; undefined (and nothing read) for other escapes. */
function readClassEscape(r: Reader): Test | undefined {
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

/** A single character behind a backslash. */
function readCode(r: Reader): number {
  const start = r.at;
  const text = r.chars.slice(start, start + 14).join("");
  const letter = r.chars[start + 1] ?? "";
  const control = controls[letter];
  if (control !== undefined) {
    r.at += 2;
    return control;
  }
  const hex = /^\\x(?:\{([0-9A-Fa-f]{1,8})\}|([0-9A-Fa-f]{2}))/.exec(text);
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(text);
  if (hex || octal) {
    r.at += (hex ?? octal)?.[0].length ?? 2;
    const code = hex ? Number.parseInt(hex[1] ?? hex[2] ?? "0", 16) : Number.parseInt(octal?.[1] ?? "0", 8);
    if (code <= 0x10ffff) return code;
  } else if (!/[0-9A-Za-z]/.test(letter) && (letter.codePointAt(0) ?? 128) < 128) {
    r.at += 2;
    return letter.codePointAt(0) ?? 0;
  }
  throw new RegexFault(`invalid escape sequence: \`\\${letter}\``, start);
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

function readClass(r: Reader): RegexNode {
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
