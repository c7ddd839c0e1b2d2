// Which line of the source every line of a string value stands on, for strings that are not literal block scalars.
import type { TreeNode } from "./tree.ts";

/** Longer quoted strings are not followed character by character; their lines all point at the key. */
const longest = 2_000_000;

/** `lines`: the source; `firstLine`: line number of its first element. Undefined when the lines simply follow the key. */
export function lineMapOf(
  node: TreeNode,
  text: string,
  lines: readonly string[] | undefined,
  firstLine: number,
): readonly number[] | undefined {
  const count = text.split("\n").length;
  if (count === 1) return undefined;
  const from = node.line - firstLine;
  const opening = lines?.[from];
  if (!lines || opening === undefined || text.length > longest) return same(node.line, count);
  const value = /^(?:\s*-\s+)*\s*(?:"[^"]*"|'[^']*'|[^\s:"'][^:]*?):\s*(\S)?/.exec(opening.slice(0, 1_000));
  const mark = value?.[1];
  if (mark === '"' || mark === "'")
    return quotedLines(lines, from, firstLine, (value?.[0].length ?? 1) - 1, count);
  if (mark === ">") return Array.from({ length: count }, (_, i) => node.line + 1 + i);
  return same(node.line, count);
}

function same(line: number, count: number): readonly number[] {
  return new Array<number>(count).fill(line);
}

/** A double-quoted string folded over several lines: every `\n` escape begins a line of the value. */
function quotedLines(
  lines: readonly string[],
  from: number,
  firstLine: number,
  column: number,
  count: number,
): readonly number[] {
  const quote = lines[from]?.[column];
  const map: number[] = [from + firstLine];
  let blank = 0;
  for (let i = from; i < lines.length && map.length < count; i++) {
    const line = lines[i] ?? "";
    const start = i === from ? column + 1 : 0;
    if (i > from && line.trim() === "") {
      blank++;
      continue;
    }
    // Blank lines inside a quoted string are line breaks of the value.
    for (; blank > 0 && map.length < count; blank--) map.push(i + firstLine);
    for (let at = start; at < line.length && map.length < count; at++) {
      if (line[at] === quote && !(quote === "'" && line[at + 1] === "'")) return fill(map, count);
      if (line[at] === "'" && quote === "'") at++;
      if (quote !== '"' || line[at] !== "\\") continue;
      at++;
      if (line[at] === "n") map.push(i + firstLine + (isLast(line, at) ? 1 : 0));
    }
  }
  return fill(map, count);
}

/** `…\n\` at the end of a line: the next line of the value begins on the next line of the source. */
function isLast(line: string, at: number): boolean {
  const rest = line.slice(at + 1, at + 3);
  return rest === "\\" || rest === "";
}

function fill(map: number[], count: number): readonly number[] {
  while (map.length < count) map.push(map.at(-1) ?? 1);
  return map;
}
