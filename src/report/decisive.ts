// Which part of a quoted line carries the proof, so that a reader's eye lands on it in a 400-character log line.
import type { Finding } from "../model/finding.ts";
import type { Range } from "./text/width.ts";

/** Longest stretch that is looked at; lines beyond it are quoted without a mark. */
const cap = 4000;

/** Wordings that name a failure by themselves, most specific first. */
const telling: readonly RegExp[] = [
  /\b(?:permission denied|operation not permitted|read-only file system|no space left on device|address already in use|no such file or directory|is a directory)\b/i,
  /\b(?:no such host|connection refused|no route to host|i\/o timeout|connection reset by peer|context deadline exceeded|network is unreachable|server misbehaving)\b/i,
  /\bx509: [^",]{4,80}/i,
  /\b(?:OOMKilled|CrashLoopBackOff|ImagePullBackOff|ErrImagePull|CreateContainerConfigError|RunContainerError|FailedScheduling|FailedMount|Evicted|Unschedulable)\b/,
  /\byaml: [^"]{4,120}/i,
  /\b(?:exit ?code|status(?: code)?)[ :=]+[1-9]\d*\b/i,
  /\b(?:unauthorized|forbidden|too many (?:requests|outstanding requests|open files)|out of (?:order|bounds|memory))\b/i,
  /\bpanic: [^"]{4,120}/i,
];

/**
 * Position of the part that `says` is about, else of the failure the line itself names, else of the value the pointer
 * leads to; undefined when none is found.
 */
export function decisivePart(
  excerpt: string,
  finding: Pick<Finding, "says" | "subject">,
  pointer?: string,
): Range | undefined {
  if (excerpt.length > cap) return tellingPart(excerpt.slice(0, 25 * cap));
  const said = sayTokens(finding);
  const tail = errorTail(excerpt);
  const shared = sharedPart(excerpt, said) ?? embeddedPart(excerpt, said);
  return (
    (shared && tail && overlap(shared, tail) ? around(shared, tail) : shared) ??
    tail ??
    tellingPart(excerpt) ??
    (pointer ? valuePart(excerpt) : undefined)
  );
}

/** What the sentence names stands inside the innermost error: the whole error is the point. */
function around(shared: Range, tail: Range): Range {
  const whole = { start: Math.min(shared.start, tail.start), end: Math.max(shared.end, tail.end) };
  return whole.end - whole.start <= 160 ? whole : shared;
}

function overlap(one: Range, other: Range): boolean {
  return one.start < other.end && other.start < one.end;
}

interface Token {
  readonly key: string;
  readonly start: number;
  readonly end: number;
  readonly weight: number;
}

const glueWords = new Set(
  "a an and are as at be but by can cannot did does for from has have in into is it its no not of on or that the then there this to was were which will with".split(
    " ",
  ),
);

function tokens(text: string, most: number): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(/[^\s"'`“”‘’=,;()[\]{}<>|\\]+/g)) {
    const word = match[0].replace(/^[.:!?-]+|[.:!?-]+$/g, "");
    if (!word) continue;
    const start = match.index + match[0].indexOf(word);
    const key = word.toLowerCase();
    found.push({ key, start, end: start + word.length, weight: weigh(key) });
    if (found.length === most) break;
  }
  return found;
}

/** Numbers, paths, addresses and identifiers say more than words; glue words say nothing. */
function weigh(key: string): number {
  if (glueWords.has(key)) return 0;
  if (/^\d{1,2}$/.test(key)) return 1;
  return /[\d/:._@-]/.test(key) ? Math.min(key.length, 24) * 1.5 : Math.min(key.length, 12) / 2;
}

/** Words of the sentence; the subject's own name stands in many lines and says little about why one was quoted. */
function sayTokens({ says, subject }: Pick<Finding, "says" | "subject">): Token[] {
  const names = new Set(tokens(subject.id.replaceAll("/", " "), 20).map((token) => token.key));
  return tokens(says.slice(0, cap), 120).map((token) =>
    names.has(token.key) ? { ...token, weight: token.weight / 4 } : token,
  );
}

/** An address, path or number of the sentence inside a longer word: `127.0.0.1:9100` in `127.0.0.1:9100:9100`. */
function embeddedPart(excerpt: string, said: readonly Token[]): Range | undefined {
  const text = excerpt.toLowerCase();
  const heavy = said.filter(
    (token) => token.weight >= 7 && /[\d/]/.test(token.key) && !isTimestamp(token.key),
  );
  for (const token of heavy.sort((one, other) => other.weight - one.weight)) {
    const start = text.indexOf(token.key);
    if (start < 0 || /[\p{L}\p{N}]/u.test(text[start - 1] ?? "")) continue;
    const end = start + token.key.length;
    if (!/[\p{L}\p{N}]/u.test(text[end] ?? "")) return { start, end };
  }
  return undefined;
}

/** The run of words that excerpt and sentence have in common and that weighs most. */
function sharedPart(excerpt: string, said: readonly Token[]): Range | undefined {
  const quoted = tokens(excerpt, 300);
  const words = new Set(said.filter((token) => token.weight > 0).map((token) => token.key));
  let best: Range | undefined;
  let bestWeight = 3.9;
  for (let start = 0; start < quoted.length; start++) {
    for (let other = 0; other < said.length; other++) {
      let length = 0;
      let weight = 0;
      while (quoted[start + length]?.key === said[other + length]?.key && quoted[start + length]) {
        weight += said[other + length]?.weight ?? 0;
        length++;
      }
      const first = quoted[start];
      const last = quoted[start + length - 1];
      if (weight <= bestWeight || !first || !last || isTimestamp(first.key)) continue;
      best = widen(excerpt, quoted, start, start + length - 1, words);
      bestWeight = weight;
    }
  }
  return best;
}

/** Takes in neighbours that the sentence also uses, in another order: `lock: permission denied`, "denied for lock". */
function widen(
  excerpt: string,
  quoted: readonly Token[],
  first: number,
  last: number,
  words: ReadonlySet<string>,
): Range | undefined {
  let from = first;
  let to = last;
  while (joins(excerpt, quoted[from - 1], quoted[from], words)) from--;
  while (joins(excerpt, quoted[to], quoted[to + 1], words, true)) to++;
  const start = quoted[from]?.start;
  const end = quoted[to]?.end;
  return start === undefined || end === undefined ? undefined : { start, end };
}

function joins(
  excerpt: string,
  left: Token | undefined,
  right: Token | undefined,
  words: ReadonlySet<string>,
  isNewOnTheRight = false,
): boolean {
  if (!left || !right || !words.has((isNewOnTheRight ? right : left).key)) return false;
  return /^[\s:,.]{1,2}$/.test(excerpt.slice(left.end, right.start));
}

/** The value of `key: value` or of a list item. */
function valuePart(excerpt: string): Range | undefined {
  const match = /^\s*(?:- )?(?:"[^"]*"\s*:\s*|[\w.$/-]+(?::\s+|=))?/.exec(excerpt);
  const start = match?.[0].length ?? 0;
  const end = excerpt.trimEnd().replace(/,$/, "").length;
  return start > 0 && end > start ? { start, end } : undefined;
}

function isTimestamp(key: string): boolean {
  return /^\d{4}-\d\d-\d\dt?/.test(key);
}

/** `err="opening storage failed: lock DB directory: open /x/lock: permission denied"`: the innermost error and what it hit. */
function errorTail(excerpt: string): Range | undefined {
  const match = /\b(?:err|error)="?((?:[^"\\]|\\.){6,2000})/i.exec(excerpt);
  const chain = match?.[1];
  if (!match || !chain) return undefined;
  const begin = match.index + match[0].length - chain.length;
  const parts = chain.split(": ");
  const tail = parts.slice(-2).join(": ");
  const start = begin + chain.length - tail.length;
  return tail.length >= 4 ? { start, end: start + tail.trimEnd().length } : undefined;
}

function tellingPart(excerpt: string): Range | undefined {
  for (const wording of telling) {
    const match = wording.exec(excerpt);
    if (match) return { start: match.index, end: match.index + match[0].length };
  }
  return undefined;
}
