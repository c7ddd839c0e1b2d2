// Reads one typed command with everything that belongs to it: backslash lines, open quotes, heredocs.
import type { Prompt } from "./prompts.ts";

export interface TypedCommand extends Prompt {
  /** 0-based line after the command and its heredocs. */
  readonly next: number;
  readonly files: readonly WrittenFile[];
}

/** The body of a heredoc, `[from, to)`, with the file it goes to where the command says so. */
export interface WrittenFile {
  readonly from: number;
  readonly to: number;
  readonly path?: string;
  /** The secondary prompt in front of every line, if it was copied as well. */
  readonly strip?: RegExp;
}

const longestContinuation = 200;
const longestQuote = 40;
const longestHeredoc = 20_000;
const longestCommand = 16_000;

const secondaryPrompt = /^(?:> ?|(?:heredoc|quote|dquote|pipe|for|while|if)> ?|>> ?)/;

/** The text around a command: which lines are prompts, and where a heredoc's word stands alone. */
export interface Surroundings {
  readonly lines: readonly string[];
  isPrompt(line: number): boolean;
  /** First line at or after `from` that holds nothing but `word`. */
  wordAfter(word: string, from: number): number | undefined;
}

export function surroundings(lines: readonly string[], isPrompt: (line: number) => boolean): Surroundings {
  let words: Map<string, number[]> | undefined;
  return {
    lines,
    isPrompt,
    wordAfter(word, from) {
      words ??= loneWords(lines);
      return words.get(word)?.find((line) => line >= from && line - from < longestHeredoc);
    },
  };
}

/** Made once per text: looking for every heredoc's end line by line would be quadratic. */
function loneWords(lines: readonly string[]): Map<string, number[]> {
  const words = new Map<string, number[]>();
  for (const [i, line] of lines.entries()) {
    if (line.length > 80) continue;
    const word = line.replace(secondaryPrompt, "").trim();
    if (!/^[\w.!-]{1,64}$/.test(word)) continue;
    const list = words.get(word);
    if (list) list.push(i);
    else words.set(word, [i]);
  }
  return words;
}

export function readCommand(text: Surroundings, at: number, prompt: Prompt): TypedCommand {
  const { lines, isPrompt } = text;
  let command = prompt.command.slice(0, longestCommand);
  let next = at + 1;
  while (endsOpen(command) && next < lines.length && next - at < longestContinuation && !isPrompt(next)) {
    command = joinLines(command, lines[next] ?? "");
    next++;
  }
  const closing = closingQuote(lines, next, command, isPrompt);
  while (next < closing) {
    command = `${command}\n${(lines[next] ?? "").replace(secondaryPrompt, "")}`;
    next++;
  }
  const files: WrittenFile[] = [];
  for (const heredoc of heredocs(command)) {
    const end = text.wordAfter(heredoc.word, next);
    if (end === undefined) break;
    const strip = isAllSecondary(lines, next, end) ? secondaryPrompt : undefined;
    const path = writtenPath(command);
    files.push({ from: next, to: end, ...(path ? { path } : {}), ...(strip ? { strip } : {}) });
    next = end + 1;
  }
  return { ...prompt, command: command.slice(0, longestCommand), next, files };
}

/** A trailing backslash (or PowerShell's back-tick) continues; an escaped one does not. */
function endsOpen(command: string): boolean {
  if (command.length >= longestCommand) return false;
  return /(?:^|[^\\])(?:\\\\)*\\$/.test(command.slice(-40)) || / `$/.test(command.slice(-2));
}

function joinLines(command: string, line: string): string {
  return `${command.slice(0, -1).trimEnd()} ${line.replace(secondaryPrompt, "").trim()}`;
}

/** Line after the one that closes an open quote, or `from` when the quote is only an apostrophe. */
function closingQuote(
  lines: readonly string[],
  from: number,
  command: string,
  isPrompt: (line: number) => boolean,
): number {
  let open = openQuote(command, "");
  if (open === "" || heredocs(command).length > 0) return from;
  for (let i = from; i < lines.length && i - from < longestQuote && !isPrompt(i); i++) {
    open = openQuote((lines[i] ?? "").slice(0, longestCommand), open);
    if (open === "") return i + 1;
  }
  return from;
}

function openQuote(text: string, start: string): string {
  let open = start;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "\\" && open !== "'") i++;
    else if (open !== "") open = char === open ? "" : open;
    // An apostrophe inside a word is none of the shell's quotes in practice.
    else if (char === '"' || (char === "'" && !/\w/.test(text[i - 1] ?? ""))) open = char;
  }
  return open;
}

interface Heredoc {
  readonly word: string;
  readonly tabs: boolean;
}

function heredocs(command: string): readonly Heredoc[] {
  const found: Heredoc[] = [];
  for (const match of command
    .slice(0, longestCommand)
    .matchAll(/(^|[^<])<<(-?)\s{0,4}(?:(['"])([\w.!-]{1,64})\3|\\?([\w.!-]{1,64}))/g)) {
    const word = match[4] ?? match[5];
    if (word && !/^\d+$/.test(word)) found.push({ word, tabs: match[2] === "-" });
  }
  return found.slice(0, 4);
}

function isAllSecondary(lines: readonly string[], from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (!secondaryPrompt.test(lines[i] ?? "")) return false;
  return to > from;
}

/** `cat > file <<EOF`, `tee -a file <<EOF`, `cat <<EOF | sudo tee file`. */
function writtenPath(command: string): string | undefined {
  const line = command.slice(0, 2_000);
  const path =
    /\btee\s+(?:-\S+\s+)*(["']?)([^\s"'|;&<>]+)\1/.exec(line)?.[2] ??
    /(?:^|[^<>&\d-])>{1,2}\s*(["']?)([^\s"'|;&<>]+)\1/.exec(line)?.[2];
  return path === "/dev/null" || path === "-" ? undefined : path;
}
