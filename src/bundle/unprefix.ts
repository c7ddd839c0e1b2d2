// Takes away what stands in front of every line of a block: the numbers of `cat -n`, `nl`, `grep -n` and editors, bullets, a repeated prompt, a table's bars.
import { isCommandLine } from "./commands.ts";
import { parsePrompt } from "./prompts.ts";

/** Longer blocks are files, not pastes; their first lines decide. */
const longestHead = 400;

interface Numbered {
  readonly value: number;
  /** Column behind the last digit. */
  readonly end: number;
  /** What separates number and text. */
  readonly mark: string;
  readonly rest: string;
}

/** `     7<tab>text`, `  7  text`, `7: text` of an editor, `7│ text` of bat. */
const listed = /^( {0,8}\d{1,6})(\t| {0,4}[│|] ?| {1,8}|$)/;
/** `12:text`, and `13-text` for the lines around a hit. */
const grepped = /^(\d{1,6})([:-])/;

/** Changes `lines` in place; their number stays. */
export function unprefix(lines: string[]): void {
  for (let i = 0; i < lines.length; ) {
    const line = lines[i] ?? "";
    const isNumber = numberedHead.test(line);
    if ((isNumber || marked.test(line.slice(0, 20))) && startsBlock(lines, i))
      i = Math.max(i + 1, isNumber ? unnumber(lines, i) : unmark(lines, i));
    else i++;
  }
}

const numberedHead = /^ {0,8}\d{1,6}(?:[\t :│|-]|$)/;

function isBlank(line: string | undefined): boolean {
  return (line ?? "").trim() === "";
}

/** Nothing stands directly above but what was typed, or a remark: a line of columns would be the head of these. */
function startsBlock(lines: readonly string[], i: number): boolean {
  const above = lines[i - 1];
  if (isBlank(above) || above === undefined) return true;
  const head = above.slice(0, 2_000);
  return parsePrompt(head) !== undefined || isCommandLine(head) || /^[^=]{1,200}:$/.test(head.trim());
}

/** The end of the run of numbered lines that begins at `from`. */
function unnumber(lines: string[], from: number): number {
  let end = from + 1;
  for (const shape of [listed, grepped]) {
    const read = readRun(lines, from, shape);
    end = Math.max(end, read.end);
    if (read.run.size === 0 || !isNumbering([...read.run.values()], shape)) continue;
    strip(lines, read.run, shape);
    return read.end;
  }
  return end;
}

/** Line to number, as long as the numbers rise; blank lines that carry none may stand between. */
function readRun(
  lines: readonly string[],
  from: number,
  shape: RegExp,
): { run: ReadonlyMap<number, Numbered>; end: number } {
  const run = new Map<number, Numbered>();
  let last = -1;
  let i = from;
  for (; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (isBlank(line) || (shape === grepped && line === "--")) continue;
    const match = shape.exec(line);
    const value = Number(match?.[1]);
    if (match && value > last) {
      const [head, number = "", mark = ""] = match;
      run.set(i, { value, end: number.length, mark, rest: line.slice(head.length) });
      last = value;
      continue;
    }
    // A line in the midst of a block without a number: then the others were none either.
    return startsBlock(lines, i) || parsePrompt(line) || isCommandLine(line)
      ? { run, end: i }
      : { run: new Map(), end: i };
  }
  return { run, end: i };
}

/** A row of `kubectl get` or `docker ps` has one of these; no other table begins with a rising number before them. */
const statusCell =
  /\s(?:\d+\/\d+|Running|Pending|Bound|Ready|NotReady|Completed|CrashLoopBackOff|ImagePullBackOff|Error|Evicted|Up \S+|Exited \(|Restarting \(|ClusterIP|NodePort)\s/;

function isNumbering(run: readonly Numbered[], shape: RegExp): boolean {
  const texts = run.filter(({ rest }) => rest.trim() !== "").slice(0, longestHead);
  if (texts.length === 0) return false;
  // `history` numbers commands, and they are commands still.
  if (texts.length > 1 && texts.every(({ rest }) => isCommandLine(rest.trim()))) return false;
  if (texts.every(({ rest }) => statusCell.test(` ${rest} `)) && isWide(run)) return true;
  if (shape === grepped) return isGrep(texts);
  const isRow = run.slice(0, longestHead).every(({ value }, i) => value === (run[0]?.value ?? 0) + i);
  if (!isRow) return false;
  if (texts.every(({ mark }) => mark === "\t" || /[│|]/.test(mark))) return run.length > 1;
  return run.length > (isWide(run) ? 1 : 3);
}

function isWide(run: readonly Numbered[]): boolean {
  return run.every(({ mark, rest }) => mark !== " " || rest === "" || rest.startsWith(" "));
}

/** Not times (`12:30`), not addresses, not `ip -o link` (`2: eth0: …`). */
function isGrep(texts: readonly Numbered[]): boolean {
  if (texts.length < 2 || !texts.some(({ mark }) => mark === ":")) return false;
  return texts.every(({ rest }) => !/^(?:\d|:| [a-zA-Z][\w.@-]{0,30}(?::| {2,}))/.test(rest));
}

function strip(lines: string[], run: ReadonlyMap<number, Numbered>, shape: RegExp): void {
  const all = [...run.values()];
  const texts = all.filter(({ rest }) => rest.trim() !== "");
  const isPadded = shape === listed && texts.every(({ mark }) => /^ +$/.test(mark));
  // With blanks between, all texts begin in one column; the indent of a file lies behind it.
  const column = Math.min(
    ...texts.map(({ end, mark, rest }) => end + mark.length + (/\S/.exec(rest)?.index ?? 0)),
  );
  const isAligned = isPadded && texts.every(({ end }) => end < column);
  const narrowest = Math.min(...texts.map(({ mark }) => mark.length));
  for (const [i, { end, rest }] of run) {
    const line = lines[i] ?? "";
    if (isAligned) lines[i] = line.slice(column);
    else if (isPadded) lines[i] = line.slice(end + narrowest);
    else lines[i] = rest;
  }
}

/** `- `, `* `, `$ `, `| ` and the like. */
const marked = /^\s{0,8}(?:([$#>*•·▪‣+%-])(?: |$)|([|│┃]) ?)/u;
/** The head of a table: nothing but words in capitals, three at least. */
const tableHead = /^[A-Z][A-Z()/_-]*(?:[ \t]+[A-Z][A-Z()/_-]*){2,}\s*$/;
const row = /^\S+(?: {2,}|\t)\S.*(?: {2,}|\t)\S/;

/** The end of the block at `from`, its lines freed of the mark that stands before each, if they are rows of a table. */
function unmark(lines: string[], from: number): number {
  const mark = markOf(lines[from] ?? "")?.sign;
  const rests: string[] = [];
  let to = from;
  for (; to < lines.length && !isBlank(lines[to]); to++) {
    const found = markOf(lines[to] ?? "");
    if (mark === undefined || found?.sign !== mark) return to;
    rests.push(found.rest);
  }
  if (mark === undefined || rests.length < 2) return to;
  const cells = /[|│┃]/.test(mark) ? rests.map((rest) => unbar(rest, mark)) : rests;
  const output = cells.filter((cell) => !isCommandLine(cell.trim()));
  const isTable =
    output.some((cell) => tableHead.test(cell.trim())) ||
    (output.length > 0 && output.every((cell) => row.test(cell.trim()) && statusCell.test(` ${cell} `)));
  if (!isTable) return to;
  for (const [i, cell] of cells.entries()) {
    // What was typed keeps its prompt.
    if (mark === "$" && isCommandLine(cell.trim())) continue;
    lines[from + i] = cell;
  }
  return to;
}

function markOf(line: string): { sign: string; rest: string } | undefined {
  const match = marked.exec(line.slice(0, 100));
  const sign = match?.[1] ?? match?.[2];
  return match && sign ? { sign, rest: line.slice(match[0].length) } : undefined;
}

/** `| NAME | READY |`: the bars between the columns of a table become blanks, and so does the line below its head. */
function unbar(rest: string, mark: string): string {
  if (/^[\s:|│┃+-]*$/.test(rest)) return "";
  return rest.replaceAll(mark, "  ").trimEnd();
}
