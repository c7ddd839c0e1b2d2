// Rows of `kubectl get` without their header line (`--no-headers`, or not copied), where nothing else looks like them.
import type { Segment } from "../../model/evidence.ts";
import type { Emit, Parser } from "../parser.ts";
import { emitRow } from "./emit-row.ts";
import { emitEvent } from "./events.ts";
import { type KubectlCommand, parseKubectl } from "./kubectl-command.ts";
import { emitLeftover } from "./leftover.ts";
import { parsePrefixedName, resourceType } from "./resource-names.ts";
import { eventFromBareLine } from "./rows-events.ts";
import { type Column, cleanRow } from "./table-header.ts";
import { readRow } from "./table-row.ts";

interface Shape {
  readonly kind: string;
  readonly pattern: RegExp;
  readonly columns: readonly Column[];
}

const name = String.raw`(?:[a-z.]+\/)?[a-z0-9][\w.:-]*`;
const age = String.raw`(?:(?:\d+(?:ms|[ywdhms]))+|<unknown>|<invalid>)`;

function shape(kind: string, pattern: string, columns: string): Shape {
  return {
    kind,
    pattern: new RegExp(`^(?:[a-z0-9][a-z0-9-]*\\s+)?${name}\\s+${pattern}`),
    columns: columns.split(" ").map((column) => ({ name: column, start: -1 })),
  };
}

const shapes: readonly Shape[] = [
  shape(
    "Pod",
    String.raw`\d+\/\d+\s+[A-Z][\w:\/-]*\s+\d+(?:\s+\(\S+ ago\))?(?:\s+${age}(?:\s|$)|\s*$)`,
    "NAME READY STATUS RESTARTS AGE IP NODE NOMINATEDNODE READINESSGATES",
  ),
  shape(
    "Service",
    String.raw`(?:ClusterIP|NodePort|LoadBalancer|ExternalName)\s+\S+\s+\S+\s+\S+\s+${age}`,
    "NAME TYPE CLUSTERIP EXTERNALIP PORT(S) AGE SELECTOR",
  ),
  shape(
    "PersistentVolumeClaim",
    String.raw`(?:Bound|Pending|Lost|Terminating)\s(?:.*\s)?${age}(?:\s+\w+)?\s*$`,
    "NAME STATUS VOLUME CAPACITY ACCESSMODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE",
  ),
  shape(
    "PersistentVolume",
    String.raw`\d+[KMGTP]i?\s+R[WO][OX]\S*\s+(?:Retain|Delete|Recycle)\s+[A-Z][a-z]+`,
    "NAME CAPACITY ACCESSMODES RECLAIMPOLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE",
  ),
  shape(
    "Node",
    String.raw`(?:Not)?Ready\S*\s+\S+\s+${age}\s+v\d`,
    "NAME STATUS ROLES AGE VERSION INTERNALIP EXTERNALIP OSIMAGE KERNELVERSION CONTAINERRUNTIME",
  ),
  shape("Deployment", String.raw`\d+\/\d+\s+\d+\s+\d+\s+${age}`, "NAME READY UPTODATE AVAILABLE AGE"),
];

/** The command says what it lists: then less has to be told by the line. */
const asked: readonly Shape[] = [
  shape("StatefulSet", String.raw`\d+\/\d+\s+${age}\s*$`, "NAME READY AGE"),
  shape(
    "DaemonSet",
    String.raw`\d+\s+\d+\s+\d+\s+\d+\s+\d+\s`,
    "NAME DESIRED CURRENT READY UPTODATE AVAILABLE NODESELECTOR AGE",
  ),
  shape("ReplicaSet", String.raw`\d+\s+\d+\s+\d+\s+${age}`, "NAME DESIRED CURRENT READY AGE"),
  shape("Endpoints", String.raw`\S+\s+${age}\s*$`, "NAME ENDPOINTS AGE"),
];

export const headerlessParser: Parser = {
  id: "kubectl-get-rows",
  reads: "rows of kubectl get without their header (--no-headers)",
  provides: ["kubernetes.pods", "kubernetes.workloads", "kubernetes.services", "kubernetes.events"],
  recognise(segment) {
    const command = parseKubectl(segment.command);
    const lines = segment.text
      .slice(0, 8_000)
      .split("\n")
      .filter((line) => /\S/.test(line))
      .slice(0, 20);
    const rows = lines.filter((line) => isRow(line, command)).length;
    if (rows === 0) return 0;
    return rows === lines.length ? 0.95 : rows * 2 >= lines.length ? 0.7 : 0;
  },
  parse: parseRows,
};

function isRow(line: string, command: KubectlCommand | undefined): boolean {
  const clean = cleanRow(line).slice(0, 2_000);
  return shapeOf(clean, command) !== undefined || eventFromBareLine(clean, { source: "" }) !== undefined;
}

function shapeOf(line: string, command: KubectlCommand | undefined): Shape | undefined {
  const certain = shapes.find(({ pattern }) => pattern.test(line));
  if (certain) return certain;
  const kind = command?.verb === "get" && command.types.length === 1 ? command.types[0]?.kind : undefined;
  return asked.find((candidate) => candidate.kind === kind && candidate.pattern.test(line));
}

function parseRows(segment: Segment, emit: Emit): void {
  const command = parseKubectl(segment.command);
  const lines = segment.text.split("\n");
  const leftover: number[] = [];
  for (const [i, line] of lines.entries()) {
    if (!/\S/.test(line)) continue;
    const at = { source: segment.source, line: segment.startLine + i };
    const clean = cleanRow(line);
    const event = eventFromBareLine(clean, at, command);
    if (event) {
      emitEvent(event, emit);
      continue;
    }
    const found = shapeOf(clean.slice(0, 2_000), command);
    const row = found && rowOf(clean, found);
    if (!found || !row) {
      leftover.push(i);
      continue;
    }
    const named = parsePrefixedName(row.cells.NAME ?? "");
    const namespace = row.cells.NAMESPACE ?? command?.namespace;
    emitRow(
      {
        at,
        type: named.type ?? resourceType(found.kind) ?? { kind: found.kind, apiVersion: "v1" },
        name: named.name,
        cells: row.cells,
        columns: new Set(Object.keys(row.cells)),
        ...(namespace === undefined || found.kind === "Node" || found.kind === "PersistentVolume"
          ? {}
          : { namespace }),
      },
      emit,
    );
  }
  emitLeftover(segment, lines, leftover, emit);
}

/** With a namespace in front there is one word more before the first cell that tells. */
function rowOf(line: string, { pattern, columns }: Shape) {
  const second = line.slice(line.search(/\s/)).trimStart();
  const hasNamespace = /^[a-z0-9]/.test(second) && pattern.test(second);
  const all = hasNamespace ? [{ name: "NAMESPACE", start: -1 }, ...columns] : columns;
  const cells = readRow(line, all);
  return cells ? { cells } : undefined;
}
