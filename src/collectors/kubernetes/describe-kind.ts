// Which kind of object a `kubectl describe` output is about; it does not say so itself.

import { type Entry, shownValue } from "./describe-tree.ts";
import type { KubectlCommand } from "./kubectl-command.ts";
import { resourceType } from "./resource-names.ts";

/** First match wins: keys at the margin that only this kind has together. */
const signatures: readonly (readonly [string, ...string[]])[] = [
  ["Node", "Roles", "CreationTimestamp"],
  ["Node", "System Info"],
  ["Deployment", "StrategyType"],
  ["StatefulSet", "Pod Template", "Volume Claims"],
  ["DaemonSet", "Desired Number of Nodes Scheduled"],
  ["CronJob", "Schedule", "Concurrency Policy"],
  ["Job", "Parallelism", "Completions"],
  ["ReplicaSet", "Replicas", "Pods Status", "Pod Template"],
  ["Pod", "Containers", "Conditions"],
  ["Pod", "Containers", "Node"],
  ["Pod", "Start Time"],
  ["Pod", "QoS Class"],
  ["Pod", "Containers"],
  ["Service", "Session Affinity"],
  ["Service", "IP Families"],
  ["Service", "Port", "Endpoints"],
  ["Service", "Selector", "Port"],
  ["Endpoints", "Subsets"],
  ["EndpointSlice", "AddressType"],
  ["PersistentVolume", "Reclaim Policy"],
  ["PersistentVolume", "Source", "Capacity"],
  ["PersistentVolumeClaim", "StorageClass", "Volume"],
  ["PersistentVolumeClaim", "StorageClass", "Status"],
  ["StorageClass", "Provisioner"],
  ["Ingress", "Rules", "Address"],
  ["ServiceAccount", "Mountable secrets"],
  ["HorizontalPodAutoscaler", "Min replicas"],
  ["PodDisruptionBudget", "Selector", "Min available"],
];

export function describedKind(
  entries: readonly Entry[],
  lines: readonly string[],
  command: KubectlCommand | undefined,
): string | undefined {
  const keys = new Set(entries.map((entry) => entry.key));
  const custom = shownValue(entries, "Kind");
  if (custom && keys.has("API Version")) return custom;
  const asked =
    command?.verb === "describe" && command.types.length === 1 ? command.types[0]?.kind : undefined;
  const found = signatures.find(([, ...all]) => all.every((key) => keys.has(key)))?.[0];
  if (found === "ReplicaSet" && keys.has("Update Strategy")) return "StatefulSet";
  if (found) return asked && resourceType(asked) && isSimilar(asked, found) ? asked : found;
  if (lines.some((line, i) => line === "Data" && /^={4}/.test(lines[i + 1] ?? ""))) {
    return keys.has("Type") ? "Secret" : "ConfigMap";
  }
  if (lines.some((line) => /^Resource\s+Used\s+Hard/.test(line))) return "ResourceQuota";
  return asked;
}

/** ReplicaSets, StatefulSets and ReplicationControllers are described alike. */
function isSimilar(asked: string, found: string): boolean {
  const alike = ["ReplicaSet", "StatefulSet", "ReplicationController"];
  return asked === found || (alike.includes(asked) && alike.includes(found));
}
