// Undoes what terminals, chats, mails and markdown do to pasted evidence. The number of lines never changes.
import { decodeText } from "./decode-text.ts";
import { isSentence } from "./prose.ts";
import { stripEscapes } from "./strip-escapes.ts";
import { unprefix } from "./unprefix.ts";
import { unpretty } from "./unpretty.ts";
import { unquote } from "./unquote.ts";

export interface CleanText {
  readonly lines: readonly string[];
  /** 0-based indices of lines at which a new block starts: a code fence or a chat header stood there. */
  readonly cuts: ReadonlySet<number>;
  /** 0-based indices of lines inside code fences; empty when the text has no fences. */
  readonly fenced: ReadonlySet<number>;
}

const fence = /^\s{0,12}(`{3,}|~{3,})[^`]{0,80}$/;
/** A line of its own with name and time: Slack's `Alice  10:32 AM`, Discord's `bob — Today at 10:32`. */
const chatHeader =
  /^[\p{L}\p{N}._' -]{1,40}(?: {2,}| — )(?:(?:Today|Yesterday)(?: at)? |\d{1,2}\/\d{1,2}\/\d{2,4},? )?\d{1,2}:\d{2}(?: ?[AP]M)?$/u;
/** `[10:32 AM] Alice: text` and IRC's `[10:32] <alice> text`. */
const chatPrefix = /^\[\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?\] (?:<[\w.-]{1,40}> |[\p{L}\p{N}._' -]{1,40}: )/u;

export function cleanText(bytes: Uint8Array | string): CleanText {
  const text = typeof bytes === "string" ? bytes : decodeText(bytes);
  return cleanLines(splitLines(text));
}

/** Line feeds decide; a text without any, but with CRs, comes from an old Mac or a serial console, unless it is a progress bar. */
function splitLines(text: string): string[] {
  const marked = text.startsWith("\ufeff") ? text.slice(1) : text;
  if (!marked.includes("\n") && !marked.includes("%") && /\r[^\r]+\r/.test(marked)) return marked.split("\r");
  return marked.split("\n");
}

export function cleanLines(raw: readonly string[]): CleanText {
  const unescaped = raw.map(stripEscapes);
  const unquoted = unquote(unescaped);
  const { lines, cuts, fenced } = removeFences(unquoted.lines);
  for (const edge of unquoted.edges) cuts.add(edge);
  if (fenced.size === 0) markIndentedCode(lines, cuts, fenced);
  removeChatMarks(lines, cuts);
  unprefix(lines);
  dedent(lines, 0, lines.length);
  return { lines: unpretty(lines), cuts, fenced };
}

function removeFences(source: readonly string[]): {
  lines: string[];
  cuts: Set<number>;
  fenced: Set<number>;
} {
  const lines = [...source];
  const cuts = new Set<number>();
  const fenced = new Set<number>();
  let open: { mark: string; at: number } | undefined;
  for (const [i, line] of lines.entries()) {
    const mark = line.length > 120 ? undefined : fence.exec(line)?.[1];
    if (open && mark?.[0] === open.mark[0] && (mark?.length ?? 0) >= open.mark.length) {
      dedent(lines, open.at + 1, i);
      open = undefined;
    } else if (!open && mark) {
      open = { mark, at: i };
    } else {
      if (open) fenced.add(i);
      continue;
    }
    lines[i] = "";
    cuts.add(i);
  }
  // A fence that is never closed encloses nothing for certain, but the paste after it is still a block of its own.
  return { lines, cuts, fenced };
}

/** Markdown's other code block: indented by four, between paragraphs of plain sentences. */
function markIndentedCode(lines: string[], cuts: Set<number>, fenced: Set<number>): void {
  const isCode = (line: string) => /^(?: {4}|\t)/.test(line);
  const isBlank = (line: string) => line.trim() === "";
  const plain = lines.filter((line) => !isCode(line) && !isBlank(line));
  if (plain.length === 0 || plain.length > 500 || plain.length === lines.length) return;
  if (plain.filter(isRemark).length < plain.length * 0.8) return;
  for (let i = 1; i < lines.length; i++) {
    if (!isCode(lines[i] ?? "") || isBlank(lines[i] ?? "") || !isBlank(lines[i - 1] ?? "")) continue;
    let end = i;
    for (let at = i; at < lines.length; at++) {
      if (isBlank(lines[at] ?? "")) continue;
      if (!isCode(lines[at] ?? "")) break;
      end = at + 1;
    }
    cuts.add(i - 1);
    for (let at = i; at < end; at++) fenced.add(at);
    dedent(lines, i, end);
    if (end < lines.length && isBlank(lines[end] ?? "")) cuts.add(end);
    i = end;
  }
}

/** Something a person wrote: a sentence, a question, or words that announce what follows. */
function isRemark(line: string): boolean {
  return (
    isSentence(line) || (/^[\p{L}'"(][^=|{}]{1,200}[.:?!]?$/u.test(line) && !/^\S+:\s|\S {2,}\S/.test(line))
  );
}

function removeChatMarks(lines: string[], cuts: Set<number>): void {
  const filled = lines.filter((line) => line !== "").length;
  const prefixed = lines.filter((line) => isShort(line) && chatPrefix.test(line)).length;
  const stripsPrefix = prefixed >= 2 && prefixed * 2 >= filled;
  for (const [i, line] of lines.entries()) {
    if (!isShort(line)) continue;
    if (stripsPrefix) lines[i] = line.replace(chatPrefix, "");
    if (!chatHeader.test(line)) continue;
    cuts.add(i);
    lines[i] = "";
  }
}

function isShort(line: string): boolean {
  return line.length > 0 && line.length < 2_000;
}

/** Takes away the white space that all filled lines of `[from, to)` start with. */
export function dedent(lines: string[], from: number, to: number): void {
  const common = commonIndent(lines, from, to);
  if (common === 0) return;
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? "";
    lines[i] = line.trim() === "" ? "" : line.slice(common);
  }
}

function commonIndent(lines: readonly string[], from: number, to: number): number {
  let prefix: string | undefined;
  for (let i = from; i < to; i++) {
    const line = lines[i] ?? "";
    if (line.trim() === "") continue;
    const indent = /^[ \t\u00a0]*/.exec(line)?.[0] ?? "";
    prefix = prefix === undefined ? indent : sharedStart(prefix, indent);
    if (prefix === "") return 0;
  }
  return prefix?.length ?? 0;
}

function sharedStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
