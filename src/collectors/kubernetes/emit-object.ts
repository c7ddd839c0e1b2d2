// One object becomes the fact of its kind, the object itself, its messages and the files inside it.
import type { Endpoints, KubernetesObject } from "../../model/kubernetes.ts";
import type { Emit } from "../parser.ts";
import { emitEvent } from "./events.ts";
import { eventFromNode, nodeFromNode } from "./object-cluster.ts";
import { configMapFromNode, emitConfigMapFiles, emitRules, type SourceLines } from "./object-files.ts";
import type { ObjectHead } from "./object-head.ts";
import { endpointsFromNode, serviceFromNode, sliceFromNode } from "./object-network.ts";
import { podFromNode } from "./object-pod.ts";
import { claimFromNode, storageClassFromNode, volumeFromObject } from "./object-storage.ts";
import { emitMessages } from "./object-text.ts";
import { workloadFromNode } from "./object-workload.ts";
import { known } from "./row.ts";
import { isWorkloadKind } from "./rows-workloads.ts";
import { isRecord, type TreeNode } from "./tree.ts";

export interface Reading {
  readonly source: SourceLines;
  readonly emit: Emit;
  /** Slices wait here: those of one Service are added up once all are read. */
  readonly slices: Endpoints[];
}

/** Group of the API a kind of ours must come from; `Service` of another group is something else. */
const groups: Readonly<Record<string, RegExp>> = {
  Service: /^v1$/,
  Event: /^(?:v1|events\.k8s\.io\/)/,
  Endpoints: /^v1$/,
  EndpointSlice: /^discovery\.k8s\.io\//,
  Node: /^v1$/,
  Deployment: /^(?:apps|extensions)\//,
  Job: /^batch\//,
  CronJob: /^batch\//,
};

const emitters: Readonly<Record<string, (node: TreeNode, head: ObjectHead, reading: Reading) => void>> = {
  Pod: (node, head, { emit }) => emit.fact("kubernetes.pods", podFromNode(node, head)),
  Service: (node, head, { emit }) => emit.fact("kubernetes.services", serviceFromNode(node, head)),
  Endpoints: (node, head, { emit }) => emit.fact("kubernetes.endpoints", endpointsFromNode(node, head)),
  EndpointSlice: (node, head, { slices }) => void slices.push(sliceFromNode(node, head)),
  PersistentVolumeClaim: (node, head, { emit }) => emit.fact("kubernetes.claims", claimFromNode(node, head)),
  PersistentVolume: (node, head, { emit }) => emit.fact("kubernetes.volumes", volumeFromObject(node, head)),
  StorageClass: (node, head, { emit }) =>
    emit.fact("kubernetes.storageclasses", storageClassFromNode(node, head)),
  Node: (node, head, { emit }) => emit.fact("kubernetes.nodes", nodeFromNode(node, head)),
  Event(node, head, { emit }) {
    const event = eventFromNode(node, head);
    if (event) emitEvent(event, emit);
  },
  ConfigMap(node, head, { emit, source }) {
    emit.fact("kubernetes.configmaps", configMapFromNode(node, head));
    emitConfigMapFiles(node, head, source, emit);
  },
  PrometheusRule: (node, head, { emit, source }) => emitRules(node, head, source, emit),
};

export function emitObject(node: TreeNode, head: ObjectHead, reading: Reading): void {
  const { emit } = reading;
  const { kind } = head;
  emit.fact("kubernetes.objects", objectFromNode(node, head));
  if (groups[kind]?.test(head.apiVersion) === false) return;
  if (isWorkloadKind(kind)) emit.fact("kubernetes.workloads", workloadFromNode(node, head, kind));
  else emitters[kind]?.(node, head, reading);
  if (kind !== "Event") emitMessages(node, head, emit);
}

function objectFromNode(node: TreeNode, head: ObjectHead): KubernetesObject {
  let lines: KubernetesObject["lines"] | undefined;
  const value = head.kind === "Secret" ? withoutSecrets(node.value) : node.value;
  return {
    at: head.at,
    origin: head.origin,
    kind: head.kind,
    apiVersion: head.apiVersion,
    name: head.name,
    ...known({ namespace: head.namespace }),
    value: isRecord(value) ? value : {},
    get lines() {
      lines ??= node.lines();
      return lines;
    },
  };
}

/** The keys of a Secret stay, its values do not; the copy kubectl keeps in an annotation holds them too. */
function withoutSecrets(value: unknown): Record<string, unknown> {
  if (!isRecord(value)) return {};
  const result: Record<string, unknown> = { ...value };
  for (const part of ["data", "stringData"]) {
    const entries = value[part];
    if (isRecord(entries)) {
      result[part] = Object.fromEntries(Object.keys(entries).map((key) => [key, "[redacted]"]));
    }
  }
  if (isRecord(value.metadata)) {
    const { annotations: _annotations, ...metadata } = value.metadata;
    result.metadata = metadata;
  }
  return result;
}
