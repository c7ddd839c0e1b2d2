// One row of a table, cell by cell, also when columns are empty, cut, shifted or collapsed to single spaces.
import { isAge } from "./ages.ts";
import type { Column } from "./table-header.ts";

export type Cells = Readonly<Record<string, string>>;

interface Chunk {
  readonly text: string;
  readonly start: number;
}

const widest = 4_000;
const address = /^(?:\[?[0-9a-fA-F.:]+\]?|<none>|None|<pending>|<nodes>)$/;

/** What a cell of a column looks like, where that can be told apart from its neighbours. */
const shapes: Readonly<Record<string, (text: string) => boolean>> = {
  READY: (text) => /^\d+\/\d+$/.test(text),
  RESTARTS: (text) => /^\d+(?: \(\S+ ago\))?$/.test(text),
  AGE: (text) => isAge(text) || /^<(?:unknown|invalid)>$/.test(text),
  LASTSEEN: (text) => isAge(text.split(" ")[0] ?? "") || text === "<unknown>",
  FIRSTSEEN: (text) => isAge(text) || text === "<unknown>",
  COUNT: (text) => /^\d+$/.test(text),
  DATA: (text) => /^\d+$/.test(text),
  IP: (text) => address.test(text),
  CLUSTERIP: (text) => address.test(text),
  INTERNALIP: (text) => address.test(text),
  EXTERNALIP: (text) => text.includes(".") || address.test(text),
  "PORT(S)": (text) => /\d+\/[A-Z]+/.test(text) || text === "<none>",
  ENDPOINTS: (text) => /[0-9a-f][.:][0-9a-f]/.test(text) || text === "<none>",
  CAPACITY: (text) => /^\d+(?:\.\d+)?[KMGTPE]?i?$/.test(text),
  ACCESSMODES: (text) => /^(?:RWO|ROX|RWX|RWOP)(?:,(?:RWO|ROX|RWX|RWOP))*$/.test(text),
  RECLAIMPOLICY: (text) => /^(?:Retain|Delete|Recycle)$/.test(text),
  TYPE: (text) => /^(?:ClusterIP|NodePort|LoadBalancer|ExternalName|Normal|Warning)$/.test(text),
  VERSION: (text) => /\d\.\d/.test(text),
  OBJECT: (text) => text.includes("/"),
  STATUS: (text) => /^[A-Z]/.test(text),
  REASON: (text) => /^[A-Z]/.test(text),
  SCHEDULE: (text) => /[*@]/.test(text),
  SUSPEND: (text) => /^(?:True|False)$/.test(text),
  COMPLETIONS: (text) => /^\d+\/\d+|of/.test(text),
};
for (const column of ["DESIRED", "CURRENT", "UPTODATE", "AVAILABLE"]) {
  (shapes as Record<string, (text: string) => boolean>)[column] = (text) => /^\d+$/.test(text);
}

/** The cells by column name. Empty cells are left out. Undefined for a blank line. */
export function readRow(line: string, columns: readonly Column[]): Cells | undefined {
  const text = line.slice(0, widest);
  const chunks = splitChunks(text);
  if (chunks.length === 0) return undefined;
  const joined = chunks.length > columns.length ? joinTail(text, chunks, columns) : chunks;
  if (joined.length === columns.length && joined.every((chunk, i) => mayBe(chunk, columns[i]))) {
    return Object.fromEntries(joined.map((chunk, i) => [columns[i]?.name ?? "", chunk.text]));
  }
  const aligned = align(text, joined, columns);
  if (joined.length >= columns.length) return aligned.cells;
  const split = align(text, splitWords(text), columns);
  return split.score > aligned.score ? split.cells : aligned.cells;
}

/** Whether the cells account for the line: prose below a table does not, a damaged row still does. */
export function isPlausible(cells: Cells, line: string): boolean {
  let fits = 0;
  let misfits = 0;
  let letters = 0;
  for (const [column, text] of Object.entries(cells)) {
    letters += text.replace(/\s/g, "").length;
    const shape = shapes[column];
    if (shape === undefined || /^<\w+>$/.test(text)) continue;
    if (shape(text)) fits++;
    else misfits++;
  }
  const covered = letters / Math.max(1, line.slice(0, widest).replace(/\s/g, "").length);
  return misfits === 0 ? covered > 0.9 || (fits >= 2 && covered > 0.5) : fits >= 2 && fits > misfits;
}

/** Cells are at least two spaces apart; a paste with collapsed spaces is split into words. */
function splitChunks(line: string): Chunk[] {
  const wide = [...line.matchAll(/\S+(?: \S+)*/g)].map(toChunk);
  return wide.length > 1 || !/\s/.test(line.trim()) ? wide : splitWords(line);
}

function splitWords(line: string): Chunk[] {
  return [...line.matchAll(/\d+ \(\S+ ago\)|\S+ \(x\d+(?: over \S+)?\)|\S+ \(default\)|\S+/g)].map(toChunk);
}

function toChunk(match: RegExpMatchArray): Chunk {
  return { text: match[0], start: match.index ?? 0 };
}

/** A message may hold runs of spaces itself: everything from the last column on is one cell. */
function joinTail(line: string, chunks: readonly Chunk[], columns: readonly Column[]): readonly Chunk[] {
  const last = columns.at(-1)?.name;
  if (last !== "MESSAGE" && last !== "LABELS" && last !== "ERROR") return chunks;
  const tail = chunks[columns.length - 1];
  if (!tail) return chunks;
  return [
    ...chunks.slice(0, columns.length - 1),
    { text: line.slice(tail.start).trimEnd(), start: tail.start },
  ];
}

function mayBe(chunk: Chunk, column: Column | undefined): boolean {
  const shape = shapes[column?.name ?? ""];
  return shape === undefined || shape(chunk.text) || /^<\w+>$/.test(chunk.text);
}

/**
 * The best way to lay chunks on columns, in order: cells of the right shape count most, then cells below their heading.
 * A classic alignment; rows and headers are short, so its square cost does not matter.
 */
function align(
  line: string,
  chunks: readonly Chunk[],
  columns: readonly Column[],
): { cells: Cells | undefined; score: number } {
  const rows = Math.min(chunks.length, 60);
  const width = columns.length;
  const best: number[][] = Array.from({ length: rows + 1 }, () => new Array<number>(width + 1).fill(0));
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = width; j >= 0; j--) {
      const drop = at(best, i + 1, j) - 5;
      const skip = j < width ? at(best, i, j + 1) : Number.NEGATIVE_INFINITY;
      const take =
        j < width ? at(best, i + 1, j + 1) + worth(chunks[i], columns, j) : Number.NEGATIVE_INFINITY;
      const row = best[i];
      if (row) row[j] = Math.max(drop, skip, take);
    }
  }
  const cells: Record<string, string> = {};
  let i = 0;
  let j = 0;
  while (i < rows && j < width) {
    const chunk = chunks[i];
    const column = columns[j];
    if (!chunk || !column) break;
    const here = at(best, i, j);
    if (here === at(best, i + 1, j + 1) + worth(chunk, columns, j)) {
      const isTail = j === width - 1 && i < rows - 1;
      cells[column.name] = isTail ? line.slice(chunk.start).trimEnd() : chunk.text;
      i++;
      j++;
    } else if (here === at(best, i, j + 1)) j++;
    else i++;
  }
  return { cells: Object.keys(cells).length > 0 ? cells : undefined, score: at(best, 0, 0) };
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}

function worth(chunk: Chunk | undefined, columns: readonly Column[], j: number): number {
  const column = columns[j];
  if (!chunk || !column) return Number.NEGATIVE_INFINITY;
  const shape = shapes[column.name];
  const nextStart = columns[j + 1]?.start ?? Number.POSITIVE_INFINITY;
  const isBelow = chunk.start >= column.start && chunk.start < nextStart;
  const fits = shape === undefined ? 1 : shape(chunk.text) ? 4 : /^<\w+>$/.test(chunk.text) ? 1 : -3;
  return fits + (chunk.start === column.start ? 2 : isBelow ? 1 : 0);
}
