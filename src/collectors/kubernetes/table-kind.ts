// Which kind of object a table lists, told by its columns; where columns do not tell, by the command or the values.

import type { KubectlCommand } from "./kubectl-command.ts";
import { type ResourceType, resourceType } from "./resource-names.ts";
import type { Column } from "./table-header.ts";
import type { Cells } from "./table-row.ts";

/** First match wins: columns that must be there, and columns that must not. */
const signatures: readonly (readonly [string, string, string?])[] = [
  ["PodMetrics", "CPU(CORES) MEMORY(BYTES)", "CPU% CPU(%)"],
  ["NodeMetrics", "CPU(CORES) MEMORY(BYTES)"],
  ["Event", "LASTSEEN REASON"],
  ["Event", "FIRSTSEEN REASON"],
  ["EndpointSlice", "ADDRESSTYPE"],
  ["Endpoints", "ENDPOINTS"],
  ["Service", "CLUSTERIP"],
  ["Service", "PORT(S) TYPE"],
  ["PersistentVolume", "RECLAIMPOLICY CLAIM"],
  ["PersistentVolume", "RECLAIMPOLICY CAPACITY"],
  ["PersistentVolumeClaim", "VOLUME ACCESSMODES"],
  ["PersistentVolumeClaim", "STATUS VOLUME"],
  ["StorageClass", "PROVISIONER"],
  ["VolumeAttachment", "ATTACHER PV"],
  ["Node", "ROLES STATUS"],
  ["Node", "STATUS VERSION"],
  ["Node", "CONTAINERRUNTIME"],
  ["CronJob", "SCHEDULE SUSPEND"],
  ["Job", "COMPLETIONS"],
  ["Job", "DESIRED SUCCESSFUL"],
  ["HorizontalPodAutoscaler", "REFERENCE TARGETS"],
  ["PodDisruptionBudget", "MINAVAILABLE"],
  ["NetworkPolicy", "PODSELECTOR"],
  ["Ingress", "HOSTS"],
  ["IngressClass", "CONTROLLER PARAMETERS"],
  ["CustomResourceDefinition", "CREATEDAT", "AGE"],
  ["APIService", "SERVICE AVAILABLE"],
  ["Prometheus", "VERSION DESIRED"],
  ["Alertmanager", "VERSION REPLICAS"],
  ["Secret", "TYPE DATA"],
  ["ConfigMap", "DATA AGE"],
  ["ServiceAccount", "SECRETS AGE"],
  ["ResourceQuota", "REQUEST LIMIT"],
  ["Pod", "READY STATUS"],
  ["Pod", "STATUS RESTARTS"],
  ["Pod", "READY RESTARTS"],
  ["Pod", "NOMINATEDNODE"],
  ["DaemonSet", "DESIRED NODESELECTOR"],
  ["DaemonSet", "DESIRED READY UPTODATE"],
  ["Deployment", "UPTODATE AVAILABLE"],
  ["ReplicaSet", "DESIRED CURRENT READY"],
  ["StatefulSet", "DESIRED CURRENT"],
  ["StatefulSet", "READY AGE"],
  ["RoleBinding", "ROLE AGE"],
  ["ComponentStatus", "STATUS MESSAGE ERROR"],
];

/** Undefined when neither the columns nor the command tell. */
export function tableType(
  columns: readonly Column[],
  command: KubectlCommand | undefined,
  firstRow: Cells | undefined,
): ResourceType | undefined {
  const names = new Set(columns.map((column) => column.name));
  const isOf = (list: string) => list.split(" ").every((name) => names.has(name));
  const found = signatures.find(
    ([, all, none]) => isOf(all) && !none?.split(" ").some((name) => names.has(name)),
  );
  const asked = command?.verb === "get" && command.types.length === 1 ? command.types[0] : undefined;
  // `kubectl get helmreleases` has the columns of pods.
  const other = command?.verb === "get" ? command.otherType : undefined;
  if (other) return { kind: other, apiVersion: "unknown" };
  // A custom resource whose columns are alike.
  if (asked && /\.(?!k8s\.io\/)[a-z]+\/v/.test(asked.apiVersion)) return asked;
  if (found) return confirm(found[0], asked);
  return asked ?? typeByStatus(firstRow?.STATUS);
}

/** Old kubectl printed the same columns for several workload kinds; there the command decides. */
function confirm(kind: string, asked: ResourceType | undefined): ResourceType {
  const workloads = ["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ReplicationController"];
  if (asked && workloads.includes(kind) && workloads.includes(asked.kind)) return asked;
  if (kind === "DaemonSet") return { kind, apiVersion: "apps/v1" };
  if (kind === "PodMetrics" || kind === "NodeMetrics") return { kind, apiVersion: "metrics.k8s.io/v1beta1" };
  return resourceType(kind) ?? { kind, apiVersion: "v1" };
}

/** A table of NAME and STATUS alone. */
function typeByStatus(status: string | undefined): ResourceType | undefined {
  if (status === undefined) return undefined;
  if (/^(?:Ready|NotReady|Unknown)\b/.test(status)) return resourceType("node");
  if (/^(?:Bound|Lost)$/.test(status)) return resourceType("pvc");
  if (/^Active$/.test(status)) return resourceType("namespace");
  if (
    /^(?:Running|Pending|Succeeded|Failed|Completed|Error|Evicted|OOMKilled|ImageInspectError)$|BackOff|ContainerCreating|^Init:|^Err/.test(
      status,
    )
  ) {
    return resourceType("pod");
  }
  return undefined;
}
