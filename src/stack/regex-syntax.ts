// The syntax of Go's regexp package (RE2), which Prometheus, Loki, Promtail and Alloy use: a tree, or the error Go reports.

import { readClass, readClassEscape } from "./regex-class.ts";
import { readCode } from "./regex-code.ts";
import { type Flags, type Reader, RegexFault, type RegexNode } from "./regex-reader.ts";

export interface RegexSyntax {
  readonly node: RegexNode;
  readonly groups: number;
  readonly names: ReadonlyMap<string, number>;
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
