// Lays a quoted line out in rows of a fixed width and says where a marked part falls in each row.
import { columns, cut, type Range } from "./width.ts";

export interface Row {
  readonly text: string;
  /** The marked part within this row. */
  readonly mark?: Range;
}

/** Unlike prose, quoted text keeps every blank; rows break after a blank where there is one in the second half. */
export function rows(text: string, mark: Range | undefined, width: number): Row[] {
  const found: Row[] = [];
  let at = 0;
  do {
    const rest = text.slice(at);
    const taken = takeRow(rest, width);
    const row = rest.slice(0, taken).trimEnd();
    const from = Math.max(0, (mark?.start ?? 0) - at);
    const to = Math.min(row.length, (mark?.end ?? 0) - at);
    found.push(mark && to > from ? { text: row, mark: { start: from, end: to } } : { text: row });
    at += taken;
  } while (at < text.length);
  return found;
}

function takeRow(text: string, width: number): number {
  const [head, tail] = cut(text, width);
  if (!tail) return text.length;
  const blank = head.lastIndexOf(" ");
  return blank > head.length / 2 ? blank + 1 : head.length;
}

/** Carets under a marked part, aligned for signs that take two columns. */
export function underline(row: Row, sign: string): string | undefined {
  if (!row.mark) return undefined;
  const before = columns(row.text.slice(0, row.mark.start));
  return " ".repeat(before) + sign.repeat(Math.max(1, columns(row.text.slice(row.mark.start, row.mark.end))));
}

/** Takes off the indentation that all lines share. */
export function dedent(lines: readonly string[]): string[] {
  const indents = lines.filter((line) => line.trim()).map((line) => line.search(/\S/));
  const common = indents.length > 0 ? Math.min(...indents) : 0;
  return lines.map((line) => line.slice(common));
}
