// Takes the `> ` of quoted mails and chats away, and leaves prompts, diffs and `curl -v` alone.
import { isCommandLine } from "./commands.ts";

const quote = /^\s{0,3}>(?: |$|>)/;
/** `curl -v` and `diff` mark both directions; a quoted mail has only one. */
const bothWays = /^(?:< |\* (?:Trying|Connected|Host |IPv4))/;

export function unquote(source: readonly string[]): string[] {
  const lines = [...source];
  if (!lines.some((line) => quote.test(line)) || lines.some((line) => bothWays.test(line))) return lines;
  let from = 0;
  for (let i = 0; i <= lines.length; i++) {
    if (i < lines.length && (lines[i] ?? "").trim() !== "") continue;
    unquoteBlock(lines, from, i);
    from = i + 1;
  }
  return lines;
}

function unquoteBlock(lines: string[], from: number, to: number): void {
  const quoted: number[] = [];
  for (let i = from; i < to; i++) if (quote.test(lines[i] ?? "")) quoted.push(i);
  if (quoted.length === 0 || quoted.length * 2 <= to - from) return;
  // `> ls` with `> df` below it is a terminal whose prompt is `> `, unless it is quoted prose that names a command.
  if (quoted.every((i) => isCommandLine(unquoteLine(lines[i] ?? "")))) return;
  for (const i of quoted) lines[i] = unquoteLine(lines[i] ?? "");
}

function unquoteLine(line: string): string {
  let text = line;
  for (let depth = 0; depth < 8 && quote.test(text); depth++) text = text.replace(/^\s{0,3}> ?/, "");
  return text;
}
