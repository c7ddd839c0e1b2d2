// `kubectl get` and `kubectl top` tables: any kind, any columns, several tables in one output.
import type { Segment } from "../../model/evidence.ts";
import type { Emit, Parser } from "../parser.ts";
import { emitRow, familyOf } from "./emit-row.ts";
import { type KubectlCommand, parseKubectl } from "./kubectl-command.ts";
import { emitLeftover } from "./leftover.ts";
import { isClusterScoped } from "./object-head.ts";
import { parsePrefixedName, type ResourceType } from "./resource-names.ts";
import type { Row } from "./row.ts";
import { type Column, cleanRow, readHeader } from "./table-header.ts";
import { tableType } from "./table-kind.ts";
import { type Cells, isPlausible, readRow } from "./table-row.ts";

export const getTableParser: Parser = {
  id: "kubectl-get-table",
  reads: "kubectl get (any resource, any columns), kubectl get all, kubectl top",
  provides: [
    "kubernetes.pods",
    "kubernetes.workloads",
    "kubernetes.services",
    "kubernetes.endpoints",
    "kubernetes.claims",
    "kubernetes.volumes",
    "kubernetes.storageclasses",
    "kubernetes.nodes",
    "kubernetes.events",
    "kubernetes.objects",
    "metrics.samples",
  ],
  startsAt: (line) => readHeader(line) !== undefined,
  recognise({ text, command }) {
    const first = /\S.*/.exec(text.slice(0, 4_000))?.[0] ?? "";
    if (readHeader(first)) return 1;
    return parseKubectl(command)?.verb === "get" && readHeader(first, true) ? 0.9 : 0;
  },
  parse: parseTables,
};

interface Table {
  readonly columns: readonly Column[];
  readonly names: ReadonlySet<string>;
  type: ResourceType | undefined;
}

function parseTables(segment: Segment, emit: Emit): void {
  const command = parseKubectl(segment.command);
  const lines = segment.text.split("\n");
  const rows: Row[] = [];
  const leftover: number[] = [];
  let table: Table | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (!/\S/.test(line)) continue;
    const { text, used } = joinContinuation(lines, i);
    const columns = readHeader(text, command?.verb === "get" && table === undefined);
    if (columns) {
      table = startTable(columns, command, lines[i + used]);
      // A listing of ConfigMaps shows how many keys each has, not which.
      if (table.type && table.type.kind !== "ConfigMap") emit.seen(familyOf(table.type.kind));
      i += used - 1;
      continue;
    }
    const row = table && rowOf(text, segment, i, table, command);
    if (row) {
      rows.push(row);
      i += used - 1;
    } else if (!/^\s*(?:\.{3}|…|\[\.\.\.\])\s*$/.test(line)) leftover.push(i);
  }
  for (const row of withoutRepeats(rows)) emitRow(row, emit);
  emitLeftover(segment, lines, leftover, emit);
  if (table && !table.type && rows.length === 0) emit.gap(unknownTable(segment));
}

function startTable(
  columns: readonly Column[],
  command: KubectlCommand | undefined,
  next: string | undefined,
): Table {
  const names = new Set(columns.map((column) => column.name));
  return {
    columns,
    names,
    type: tableType(columns, command, next ? readRow(cleanRow(next), columns) : undefined),
  };
}

/** A terminal that wraps long lines puts the rest, led by spaces, on the next line. */
function joinContinuation(lines: readonly string[], i: number): { text: string; used: number } {
  const text = lines[i] ?? "";
  const next = lines[i + 1] ?? "";
  const isWrapped =
    text.length >= 70 && /^\S/.test(text) && /^\s+[^\s\-*•>|"]/.test(next) && next.length < text.length;
  return isWrapped ? { text: `${text}${next}`, used: 2 } : { text, used: 1 };
}

function rowOf(
  line: string,
  segment: Segment,
  index: number,
  table: Table,
  command: KubectlCommand | undefined,
): Row | undefined {
  const cells = readRow(cleanRow(line), table.columns);
  if (!cells || !isPlausible(cells, cleanRow(line))) return undefined;
  const named = nameOf(cells, table);
  if (!named) return undefined;
  const type = named.type ?? table.type;
  if (!type) return undefined;
  const namespace = cells.NAMESPACE ?? (command?.allNamespaces ? undefined : command?.namespace);
  return {
    at: { source: segment.source, line: segment.startLine + index },
    type,
    name: named.name,
    cells,
    columns: table.names,
    ...(namespace === undefined || isClusterScoped(type.kind) ? {} : { namespace }),
  };
}

const objectName = /^[A-Za-z0-9<*…][\w.:<>*…@-]{0,260}(?: \(default\))?$/;

/** The row's object, or undefined when this line is no row of the table. */
function nameOf(cells: Cells, table: Table): { name: string; type: ResourceType | undefined } | undefined {
  if (table.type?.kind === "Event") return isEventRow(cells) ? { name: "", type: table.type } : undefined;
  const text = cells.NAME ?? cells.POD;
  if (text === undefined) return undefined;
  const named = parsePrefixedName(text);
  if (!objectName.test(named.name)) return undefined;
  if (cells.NAMESPACE !== undefined && !objectName.test(cells.NAMESPACE)) return undefined;
  const filled = Object.keys(cells).length;
  return filled >= Math.min(2, table.columns.length) ? named : undefined;
}

function isEventRow(cells: Cells): boolean {
  return cells.REASON !== undefined && /^[A-Z][A-Za-z]+$/.test(cells.REASON);
}

/** `kubectl get -w` prints an object again when it changes: the last row counts. */
function withoutRepeats(rows: readonly Row[]): readonly Row[] {
  const last = new Map(rows.map((row) => [keyOf(row), row]));
  return rows.filter((row) => row.type.kind === "Event" || last.get(keyOf(row)) === row);
}

function keyOf(row: Row): string {
  return `${row.type.kind}/${row.namespace ?? ""}/${row.name}/${row.columns.has("POD") ? row.cells.NAME : ""}`;
}

function unknownTable(segment: Segment) {
  return {
    what: segment.command ?? segment.source,
    because: "unparseable" as const,
    detail: "a kubectl table whose columns do not tell what it lists",
    at: { source: segment.source, line: segment.startLine },
  };
}
