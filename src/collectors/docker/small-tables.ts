// The engine's other tables: `docker stats`, `images`, `volume ls`, `system df`, and `docker ps -q | wc -l`.
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { type Column, readHeader, readRow } from "../columns.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseSize } from "../quantity.ts";

interface TableKind {
  readonly id: string;
  readonly reads: string;
  readonly start: RegExp;
  readonly columns: readonly string[];
  readonly provides: Parser["provides"];
  /** False when the row makes no sense. */
  emitRow(row: Readonly<Record<string, string>>, line: Line, segment: Segment, emit: Emit): boolean;
}

function tableParser(kind: TableKind): Parser {
  const headerOf = (line: string): Column[] | undefined =>
    kind.start.test(line) ? readHeader(line.trimEnd(), kind.columns) : undefined;
  return {
    id: kind.id,
    reads: kind.reads,
    provides: kind.provides,
    startsAt: (line) => headerOf(line) !== undefined,
    recognise: (segment) => (headOf(segment, 4).some((line) => headerOf(line)) ? 0.96 : 0),
    parse(segment, emit) {
      for (const id of kind.provides) emit.seen(id);
      let columns: Column[] | undefined;
      for (const line of linesOf(segment)) {
        if (line.text.trim() === "") continue;
        const header = headerOf(line.text);
        if (header) {
          columns = header;
          continue;
        }
        const row = columns && readRow(line.text, columns);
        if (!row || !kind.emitRow(row, line, segment, emit)) leaveAsText(segment, line, emit);
      }
    },
  };
}

function emitSetting(name: string, value: string, line: Line, segment: Segment, emit: Emit): boolean {
  emit.fact("host.settings", given({ at: placeOf(segment, line.index), host: hostOf(segment), name, value }));
  return true;
}

const stats = tableParser({
  id: "docker-stats",
  reads: "docker stats --no-stream",
  start: /^(?:CONTAINER(?: ID)?|NAME|ID)\s.*\bCPU %\s+MEM USAGE \/ LIMIT/,
  columns: [
    "CONTAINER ID",
    "CONTAINER",
    "ID",
    "NAME",
    "CPU %",
    "MEM USAGE / LIMIT",
    "MEM %",
    "NET I/O",
    "NET IO",
    "BLOCK I/O",
    "BLOCK IO",
    "PIDS",
    "CPU TIME",
    "AVG CPU %",
  ],
  provides: ["docker.containers"],
  emitRow(row, line, segment, emit) {
    const id = row["CONTAINER ID"] ?? row.CONTAINER ?? row.ID;
    const name = row.NAME ?? id;
    const memory = /^(\S+) \/ (\S+)$/.exec(row["MEM USAGE / LIMIT"] ?? "");
    if (!name || /\s/.test(name) || !memory) return false;
    emit.fact(
      "docker.containers",
      given({
        at: placeOf(segment, line.index),
        origin: "running" as const,
        host: hostOf(segment),
        name,
        id: id === name ? undefined : id,
        state: memory[1] === "--" ? undefined : "running",
        memoryUsageBytes: parseSize(memory[1] ?? ""),
      }),
    );
    return true;
  },
});

const images = tableParser({
  id: "docker-images",
  reads: "docker images, podman images",
  start: /^REPOSITORY\s+TAG\s+(?:DIGEST\s+)?IMAGE ID\s+CREATED/,
  columns: ["REPOSITORY", "TAG", "DIGEST", "IMAGE ID", "CREATED AT", "CREATED", "SIZE", "R/O"],
  provides: ["host.settings"],
  emitRow: (row, line, segment, emit) =>
    row.REPOSITORY !== undefined &&
    row.TAG !== undefined &&
    emitSetting("docker image", `${row.REPOSITORY}:${row.TAG}`, line, segment, emit),
});

const volumes = tableParser({
  id: "docker-volume-ls",
  reads: "docker volume ls",
  start: /^DRIVER\s+VOLUME NAME/,
  columns: ["DRIVER", "VOLUME NAME"],
  provides: ["host.settings"],
  emitRow: (row, line, segment, emit) =>
    Boolean(row["VOLUME NAME"]) &&
    emitSetting("docker volume", row["VOLUME NAME"] ?? "", line, segment, emit),
});

const usage = tableParser({
  id: "docker-system-df",
  reads: "docker system df",
  start: /^TYPE\s+TOTAL\s+ACTIVE\s+SIZE\s+RECLAIMABLE/,
  columns: ["TYPE", "TOTAL", "ACTIVE", "SIZE", "RECLAIMABLE"],
  provides: ["host.settings"],
  emitRow: (row, line, segment, emit) =>
    Boolean(row.TYPE) &&
    emitSetting(`docker system df ${(row.TYPE ?? "").toLowerCase()}`, row.SIZE ?? "", line, segment, emit),
});

export const smallTables: readonly Parser[] = [stats, images, volumes, usage];
