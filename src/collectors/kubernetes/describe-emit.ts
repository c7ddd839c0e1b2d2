// One described object becomes the facts of its kind.
import type { Segment } from "../../model/evidence.ts";
import type { Emit } from "../parser.ts";
import { emitDescribedConfigMap, secretKeys } from "./describe-config.ts";
import type { Described } from "./describe-container.ts";
import { customFromEntries } from "./describe-custom.ts";
import {
  endpointsFromEntries,
  endpointsOfService,
  serviceFromEntries,
  sliceFromEntries,
} from "./describe-network.ts";
import { nodeFromEntries } from "./describe-node.ts";
import { type DescribedName, podFromEntries } from "./describe-pod.ts";
import { claimFromEntries, storageClassFromEntries, volumeFromEntries } from "./describe-storage.ts";
import { emitConditionText, emitPodText } from "./describe-text.ts";
import { type Entry, find, pairsOf, shownValue } from "./describe-tree.ts";
import { workloadFromEntries } from "./describe-workload.ts";
import { resourceType } from "./resource-names.ts";
import { isWorkloadKind } from "./rows-workloads.ts";

export interface DescribedObject {
  readonly kind: string;
  readonly who: DescribedName;
  readonly entries: readonly Entry[];
  readonly lines: readonly string[];
  readonly segment: Segment;
}

export function emitDescribed(object: DescribedObject, emit: Emit): void {
  const { kind, who, entries, lines, segment } = object;
  const text: Described = {
    lines,
    place: (entry) => ({ source: segment.source, line: segment.startLine + entry.index }),
  };
  if (isWorkloadKind(kind)) {
    emit.fact("kubernetes.workloads", workloadFromEntries(entries, who, kind, text));
    return;
  }
  const emitter = emitters[kind];
  if (emitter) emitter(object, text, emit);
  else emitObject(object, emit);
}

const emitters: Readonly<Record<string, (object: DescribedObject, text: Described, emit: Emit) => void>> = {
  Pod({ entries, who }, text, emit) {
    const pod = podFromEntries(entries, who, text);
    emit.fact("kubernetes.pods", pod);
    emitPodText(pod, entries, text, emit);
  },
  Node({ entries, who }, text, emit) {
    const node = nodeFromEntries(entries, who.name, text);
    emit.fact("kubernetes.nodes", node);
    emitConditionText(node.conditions ?? [], {}, emit);
  },
  Service({ entries, who }, text, emit) {
    emit.fact("kubernetes.services", serviceFromEntries(entries, who, text));
    const endpoints = endpointsOfService(entries, who, text);
    if (endpoints) emit.fact("kubernetes.endpoints", endpoints);
  },
  Endpoints: ({ entries, who }, text, emit) =>
    emit.fact("kubernetes.endpoints", endpointsFromEntries(entries, who, text)),
  EndpointSlice: ({ entries, who }, text, emit) =>
    emit.fact("kubernetes.endpoints", sliceFromEntries(entries, who, text)),
  PersistentVolumeClaim: ({ entries, who }, text, emit) =>
    emit.fact("kubernetes.claims", claimFromEntries(entries, who, text)),
  PersistentVolume: ({ entries, who }, text, emit) =>
    emit.fact("kubernetes.volumes", volumeFromEntries(entries, who.name, text)),
  StorageClass: ({ entries, who }, text, emit) =>
    emit.fact("kubernetes.storageclasses", storageClassFromEntries(entries, who.name, text)),
  ConfigMap: ({ segment, who, lines }, _text, emit) => emitDescribedConfigMap(segment, who, lines, emit),
};

/** Kinds without facts of their own: what the text shows of their fields. */
function emitObject({ kind, who, entries, lines, segment }: DescribedObject, emit: Emit): void {
  const isCustom = find(entries, "API Version") !== undefined;
  const apiVersion = shownValue(entries, "API Version") ?? resourceType(kind)?.apiVersion ?? "v1";
  const labels = pairsOf(find(entries, "Labels"), "=");
  const metadata = { ...who, ...(labels ? { labels } : {}) };
  const fields = isCustom
    ? customFromEntries(entries.filter((entry) => /^(?:Spec|Status)$/.test(entry.key)))
    : {};
  const line = segment.startLine;
  emit.fact("kubernetes.objects", {
    at: { source: segment.source, line },
    origin: "live",
    kind,
    apiVersion,
    ...who,
    value: { apiVersion, kind, metadata, ...fields, ...moreOf(kind, entries, lines) },
    lines: { "": line },
  });
  if (isCustom) emitSaid(find(entries, "Status"), who, segment, emit);
}

/** What the controller says of it: the messages in its status, which conditions hold. */
function emitSaid(status: Entry | undefined, who: DescribedName, segment: Segment, emit: Emit): void {
  const open = [...(status?.children ?? [])];
  const where = who.namespace === undefined ? {} : { namespace: who.namespace };
  for (let read = 0; read < Math.min(open.length, mostEntries); read++) {
    const entry = open[read];
    if (!entry) continue;
    open.push(...entry.children);
    if (!/^(?:Message|Reason|Error|Last Error|Failure)$/.test(entry.key) || entry.value === "") continue;
    emit.text({ text: entry.value, line: segment.startLine + entry.index, stream: "event", ...where });
  }
}

const mostEntries = 500;

function moreOf(kind: string, entries: readonly Entry[], lines: readonly string[]): Record<string, unknown> {
  if (kind === "Secret") {
    return { data: Object.fromEntries(secretKeys(lines).map((key) => [key, "[redacted]"])) };
  }
  if (kind === "ResourceQuota") return { status: quotaOf(lines) };
  if (kind === "NetworkPolicy") {
    const selector = find(find(entries, "Spec")?.children ?? [], "PodSelector");
    return { spec: { podSelector: { matchLabels: pairsOf(selector, "=") ?? {} } } };
  }
  return {};
}

/** `limits.cpu  4  8` below `Resource Used Hard`. */
function quotaOf(lines: readonly string[]): { used: Record<string, string>; hard: Record<string, string> } {
  const used: Record<string, string> = {};
  const hard: Record<string, string> = {};
  for (const line of lines) {
    const match = /^([a-z][\w./-]*)\s+(\d\S*)\s+(\d\S*)$/.exec(line.trimEnd());
    if (!match?.[1] || !match[2] || !match[3]) continue;
    used[match[1]] = match[2];
    hard[match[1]] = match[3];
  }
  return { used, hard };
}
