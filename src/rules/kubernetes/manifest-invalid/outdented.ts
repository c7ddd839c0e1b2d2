// Which key of a broken YAML text stands too far to the left (or right) of its neighbours: the usual reason why it does not parse.

export interface Outdented {
  /** 1-based line within the text. */
  readonly line: number;
  readonly key: string;
  readonly column: number;
  /** The column at which the lines around it stand. */
  readonly expected: number;
}

const keyLine = /^(\s*)(?:- )?["']?([\w./-]{1,80})["']?:(?:\s|$)/;

/**
 * `errorLine` is the first line the reader could not place: it stands deeper than an open block allows. The key above it that
 * closed the deeper block is the one that slipped, when the lines before that key stood as deep as the line of the error.
 */
export function findOutdented(text: string, errorLine: number): Outdented | undefined {
  const lines = text.split("\n");
  const expected = indentOf(lines[errorLine - 1]);
  if (expected === undefined || expected === 0) return undefined;
  for (let i = errorLine - 2; i >= Math.max(0, errorLine - 400); i -= 1) {
    const line = lines[i] ?? "";
    const indent = indentOf(line);
    if (indent === undefined || indent >= expected) continue;
    const key = keyLine.exec(line);
    if (!key || /^\s*- /.test(line)) continue;
    return stoodAsDeep(lines, i, expected)
      ? { line: i + 1, key: key[2] ?? "", column: indent, expected }
      : undefined;
  }
  return undefined;
}

function stoodAsDeep(lines: readonly string[], from: number, expected: number): boolean {
  for (let i = from - 1; i >= Math.max(0, from - 400); i -= 1) {
    const indent = indentOf(lines[i]);
    if (indent === undefined) continue;
    if (indent === expected) return true;
    if (indent < expected && keyLine.test(lines[i] ?? "") && !/^\s*- /.test(lines[i] ?? "")) return false;
  }
  return false;
}

/** Undefined for lines that say nothing: blank ones and comments. */
function indentOf(line: string | undefined): number | undefined {
  if (line === undefined || !/\S/.test(line) || /^\s*#/.test(line)) return undefined;
  return line.length - line.trimStart().length;
}
