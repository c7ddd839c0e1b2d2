// Takes the `> ` of quoted mails and chats away, and leaves prompts, diffs and `curl -v` alone.
import { isCommandLine } from "./commands.ts";

const quote = /^\s{0,3}>(?: |$|>)/;
/** `curl -v` and `diff` mark both directions; a quoted mail has only one. */
const bothWays = /^(?:< |\* (?:Trying|Connected|Host |IPv4))/;

export interface Unquoted {
  readonly lines: readonly string[];
  /** Blank lines behind a quotation: what follows was written by somebody else. */
  readonly edges: readonly number[];
}

export function unquote(source: readonly string[]): Unquoted {
  const lines = [...source];
  const edges: number[] = [];
  if (!lines.some((line) => quote.test(line)) || lines.some((line) => bothWays.test(line))) {
    return { lines, edges };
  }
  let from = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && (lines[i] ?? "").trim() !== "") continue;
    if (unquoteBlock(lines, from, i) && i < lines.length) edges.push(i);
    from = i + 1;
  }
  return { lines, edges };
}

function unquoteBlock(lines: string[], from: number, to: number): boolean {
  const quoted: number[] = [];
  for (let i = from; i < to; i++) if (quote.test(lines[i] ?? "")) quoted.push(i);
  if (quoted.length === 0 || quoted.length * 2 <= to - from) return false;
  // `> ls` with `> df` below it is a terminal whose prompt is `> `, unless it is quoted prose that names a command.
  if (quoted.every((i) => isCommandLine(unquoteLine(lines[i] ?? "")))) return false;
  for (const i of quoted) lines[i] = unquoteLine(lines[i] ?? "");
  return true;
}

function unquoteLine(line: string): string {
  let text = line;
  for (let depth = 0; depth < 8 && quote.test(text); depth++) text = text.replace(/^\s{0,3}> ?/, "");
  return text;
}
