// One table row becomes one fact of the family its kind belongs to.
import type { FactId } from "../../model/facts.ts";
import type { Emit } from "../parser.ts";
import { emitEvent } from "./events.ts";
import type { Row } from "./row.ts";
import { nodeFromRow, objectFromRow, samplesFromRow } from "./rows-cluster.ts";
import { eventFromRow } from "./rows-events.ts";
import { emptySliceFromRow, endpointsFromRow, serviceFromRow } from "./rows-network.ts";
import { claimFromRow, storageClassFromRow, volumeFromRow } from "./rows-storage.ts";
import { isWorkloadKind, podFromRow, workloadFromRow } from "./rows-workloads.ts";

/** The family whose evidence a listing of this kind is, even when it lists nothing. */
export function familyOf(kind: string): FactId {
  if (isWorkloadKind(kind)) return "kubernetes.workloads";
  const families: Readonly<Record<string, FactId>> = {
    Pod: "kubernetes.pods",
    Service: "kubernetes.services",
    Endpoints: "kubernetes.endpoints",
    EndpointSlice: "kubernetes.endpoints",
    PersistentVolumeClaim: "kubernetes.claims",
    PersistentVolume: "kubernetes.volumes",
    StorageClass: "kubernetes.storageclasses",
    Node: "kubernetes.nodes",
    Event: "kubernetes.events",
    ConfigMap: "kubernetes.configmaps",
    PodMetrics: "metrics.samples",
    NodeMetrics: "metrics.samples",
  };
  return families[kind] ?? "kubernetes.objects";
}

const emitters: Readonly<Record<string, (row: Row, emit: Emit) => void>> = {
  Pod: (row, emit) => emit.fact("kubernetes.pods", podFromRow(row)),
  Service: (row, emit) => emit.fact("kubernetes.services", serviceFromRow(row)),
  PersistentVolumeClaim: (row, emit) => emit.fact("kubernetes.claims", claimFromRow(row)),
  PersistentVolume: (row, emit) => emit.fact("kubernetes.volumes", volumeFromRow(row)),
  StorageClass: (row, emit) => emit.fact("kubernetes.storageclasses", storageClassFromRow(row)),
  Node: (row, emit) => emit.fact("kubernetes.nodes", nodeFromRow(row)),
  Endpoints(row, emit) {
    const endpoints = endpointsFromRow(row);
    if (endpoints) emit.fact("kubernetes.endpoints", endpoints);
  },
  EndpointSlice(row, emit) {
    const empty = emptySliceFromRow(row);
    if (empty) emit.fact("kubernetes.endpoints", empty);
    emit.fact("kubernetes.objects", objectFromRow(row));
  },
  Event(row, emit) {
    const event = eventFromRow(row);
    if (event) emitEvent(event, emit);
  },
  PodMetrics: emitSamples,
  NodeMetrics: emitSamples,
};

function emitSamples(row: Row, emit: Emit): void {
  for (const sample of samplesFromRow(row)) emit.fact("metrics.samples", sample);
}

export function emitRow(row: Row, emit: Emit): void {
  const { kind } = row.type;
  const emitter = emitters[kind];
  if (isWorkloadKind(kind)) emit.fact("kubernetes.workloads", workloadFromRow(row, kind));
  else if (emitter) emitter(row, emit);
  else {
    emit.fact("kubernetes.objects", objectFromRow(row));
    emitSaid(row, emit);
  }
}

/** What a controller says in the table of its own kind: `Helm upgrade failed for release …`. */
function emitSaid(row: Row, emit: Emit): void {
  for (const column of ["STATUS", "MESSAGE", "REASON", "ERROR"]) {
    const text = row.cells[column];
    if (!text || text.trim().split(/\s+/).length < 3) continue;
    const where = row.namespace === undefined ? {} : { namespace: row.namespace };
    emit.text({ text, line: row.at.line ?? 1, stream: "event", ...where });
  }
}
