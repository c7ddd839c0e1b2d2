// `docker-compose ps` of compose v1: a table whose cells wrap over several lines, with a ruler below its header.
import type { Segment } from "../../model/evidence.ts";
import { type Column, readHeader } from "../columns.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { isStateText } from "./container-state.ts";
import { containerOfRow } from "./ps-table.ts";

const names = ["Name", "Command", "State", "Ports"];
const ruler = /^-{20,}\s*$/;

function headerOf(line: string): Column[] | undefined {
  if (!/^\s*Name\s+Command\s+State\b/.test(line)) return undefined;
  return readHeader(line.trimEnd(), names);
}

export const composeV1Ps: Parser = {
  id: "docker-compose-v1-ps",
  reads: "docker-compose ps (compose v1)",
  provides: ["docker.containers"],
  startsAt: (line) => headerOf(line) !== undefined,
  recognise: (segment) => (headOf(segment, 4).some((line) => headerOf(line)) ? 0.96 : 0),
  parse(segment, emit) {
    emit.seen("docker.containers");
    const lines = linesOf(segment, 20_000).filter((line) => line.text.trim() !== "");
    const at = lines.findIndex((line) => headerOf(line.text) !== undefined);
    for (const line of lines.slice(0, Math.max(at, 0))) leaveAsText(segment, line, emit);
    const rows = lines.slice(at + 1).filter((line) => !ruler.test(line.text));
    const starts = columnStarts(rows);
    if (!starts) {
      for (const line of rows) leaveAsText(segment, line, emit);
      return;
    }
    for (const group of groupRows(rows, starts)) emitGroup(group, starts, segment, emit);
  },
};

/** The header is centred, so the columns are found from the rows: where the words of State start. */
function columnStarts(rows: readonly Line[]): number[] | undefined {
  for (const { text } of rows) {
    const starts = [...text.matchAll(/(?:^|\s{2,})\S/g)].map((match) => match.index + match[0].length - 1);
    const state = starts.find((start, i) => i >= 2 && isStateText(text.slice(start)));
    const stateAt = state === undefined ? -1 : starts.indexOf(state);
    if (state === undefined || stateAt < 1) continue;
    const command = starts[1] ?? state;
    const ports = starts[stateAt + 1];
    return [0, command, state, ...(ports === undefined ? [] : [ports])];
  }
  return undefined;
}

type Cells = readonly string[];

function cellsOf(text: string, starts: readonly number[]): Cells {
  return starts.map((start, i) => text.slice(start, starts[i + 1]).trim());
}

/** A row begins where the State cell begins a state; the lines below it hold the rest of wrapped cells. */
function groupRows(rows: readonly Line[], starts: readonly number[]): Line[][] {
  const groups: Line[][] = [];
  for (const row of rows) {
    const [name = "", , state = ""] = cellsOf(row.text, starts);
    const begins = name !== "" && isStateText(state);
    if (begins || groups.length === 0) groups.push([row]);
    else groups.at(-1)?.push(row);
  }
  return groups;
}

function emitGroup(group: readonly Line[], starts: readonly number[], segment: Segment, emit: Emit): void {
  const [first] = group;
  if (!first) return;
  const parts = group.map((line) => cellsOf(line.text, starts));
  const join = (column: number, glue: string) =>
    parts
      .map((cells) => cells[column] ?? "")
      .filter((cell) => cell !== "")
      .join(glue);
  const row = {
    NAMES: join(0, ""),
    COMMAND: join(1, " "),
    STATUS: join(2, " "),
    PORTS: join(3, "").replace(/(\/(?:tcp|udp))(?=[\d[:])/g, "$1,"),
  };
  const container = containerOfRow(row, placeOf(segment, first.index), hostOf(segment));
  if (container && isStateText(row.STATUS)) emit.fact("docker.containers", container);
  else for (const line of group) leaveAsText(segment, line, emit);
}
