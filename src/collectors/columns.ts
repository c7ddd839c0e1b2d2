// Tables with a header line, as tools align them: cells are cut where the header's words start.

export interface Column {
  readonly name: string;
  readonly start: number;
}

/**
 * Finds known column names in a header line, longest names first. Undefined when a word of the header is not a known
 * name, so that prose is not taken for a table.
 */
export function readHeader(line: string, known: readonly string[]): Column[] | undefined {
  const names = longestFirst(known);
  const columns: Column[] = [];
  let position = 0;
  while (position < line.length) {
    if (/\s/.test(line[position] ?? "")) {
      position += 1;
      continue;
    }
    const name = names.find((candidate) => isNameAt(line, position, candidate));
    if (name === undefined) return undefined;
    columns.push({ name, start: position });
    position += name.length;
  }
  return columns.length > 0 ? columns : undefined;
}

const sorted = new WeakMap<readonly string[], readonly string[]>();

/** Every line of every text is asked whether it is a header, so the order is found once. */
function longestFirst(known: readonly string[]): readonly string[] {
  const names = sorted.get(known) ?? known.toSorted((a, b) => b.length - a.length);
  sorted.set(known, names);
  return names;
}

function isNameAt(line: string, position: number, name: string): boolean {
  return (
    line.startsWith(name, position) &&
    /^(?:\s|$)/.test(line.slice(position + name.length, position + name.length + 1))
  );
}

/**
 * Cells of a row by column name. A row that has one piece per column between runs of two or more blanks is split there (this
 * survives a lost alignment); others, with empty cells, are cut at the header's offsets.
 */
export function readRow(line: string, columns: readonly Column[]): Record<string, string> | undefined {
  const pieces = line.trim().split(/\t|\s{2,}/);
  if (pieces.length === columns.length && !/^\s{2}/.test(line)) {
    return Object.fromEntries(columns.map((column, i) => [column.name, (pieces[i] ?? "").trim()]));
  }
  return isAligned(line, columns) ? cutAtOffsets(line, columns) : undefined;
}

/** Before every column but the first stands a blank, and no word runs across a boundary. */
function isAligned(line: string, columns: readonly Column[]): boolean {
  if (line.includes("\t")) return false;
  return columns.every(({ start }, i) => i === 0 || start >= line.length || line[start - 1] === " ");
}

function cutAtOffsets(line: string, columns: readonly Column[]): Record<string, string> {
  const row: Record<string, string> = {};
  columns.forEach((column, i) => {
    const start = i === 0 ? 0 : column.start;
    row[column.name] = line.slice(start, columns[i + 1]?.start).trim();
  });
  return row;
}
