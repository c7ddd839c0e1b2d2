// The same Kubernetes object seen several ways (table, describe, object, manifest) becomes one fact per family.
import type { Facts } from "../model/facts.ts";
import type {
  Endpoints,
  KubernetesObject,
  PersistentVolume,
  Pod,
  Service,
  ServicePort,
} from "../model/kubernetes.ts";
import { mergeEventLines, mergeEvents } from "./merge-events.ts";
import { byDetail, fill, groupByName, mergeSights } from "./merge-named.ts";
import { mergePod } from "./merge-pods.ts";
import { namespacesByName, spreadNamespace } from "./table-namespace.ts";

/** Pure; what is not about Kubernetes is handed through. */
export function mergeKubernetes(raw: Facts): Facts {
  const facts = withNamespaces(raw);
  return {
    ...facts,
    "text.lines": mergeEventLines(facts["text.lines"]),
    "kubernetes.pods": mergePods(facts["kubernetes.pods"]),
    "kubernetes.workloads": groupByName(facts["kubernetes.workloads"], (workload) => workload.kind).flatMap(
      (group) => mergeSights(group, fillFirst),
    ),
    "kubernetes.services": groupByName(facts["kubernetes.services"]).flatMap((group) =>
      mergeSights(group, mergeService),
    ),
    "kubernetes.endpoints": groupByName(facts["kubernetes.endpoints"]).map(mergeEndpoints),
    "kubernetes.claims": groupByName(facts["kubernetes.claims"]).flatMap((group) =>
      mergeSights(group, fillFirst),
    ),
    "kubernetes.volumes": groupByName(facts["kubernetes.volumes"]).flatMap((group) =>
      mergeSights(group, mergeVolume),
    ),
    "kubernetes.storageclasses": groupByName(facts["kubernetes.storageclasses"]).flatMap((group) =>
      mergeSights(group, fillFirst),
    ),
    "kubernetes.nodes": groupByName(facts["kubernetes.nodes"]).map((group) => fillFirst(byDetail(group))),
    "kubernetes.configmaps": groupByName(facts["kubernetes.configmaps"]).flatMap((group) =>
      mergeSights(group, fillFirst),
    ),
    "kubernetes.objects": groupByName(facts["kubernetes.objects"], (object) => object.kind).flatMap(
      mergeObjects,
    ),
    "kubernetes.events": mergeEvents(facts["kubernetes.events"]),
  };
}

/** Before anything is joined by name: rows of a table whose namespace one of them tells. */
function withNamespaces(facts: Facts): Facts {
  const services = facts["kubernetes.services"];
  const endpoints = facts["kubernetes.endpoints"];
  const claims = facts["kubernetes.claims"];
  const bound = facts["kubernetes.volumes"].flatMap((volume) => volume.claimRef ?? []);
  const exposed = namespacesByName([...services, ...endpoints]);
  return {
    ...facts,
    "kubernetes.pods": spreadNamespace(facts["kubernetes.pods"]),
    "kubernetes.workloads": spreadNamespace(facts["kubernetes.workloads"]),
    "kubernetes.services": spreadNamespace(services, exposed),
    "kubernetes.endpoints": spreadNamespace(endpoints, exposed),
    "kubernetes.claims": spreadNamespace(claims, namespacesByName([...claims, ...bound])),
  };
}

function fillFirst<T extends object>(sights: readonly T[]): T {
  const [base, ...others] = sights;
  if (!base) throw new Error("nothing to merge");
  return others.length === 0 ? base : fill(base, others);
}

/** Pieces of describe output without a name stay apart: nothing says that they are the same pod. */
function mergePods(pods: readonly Pod[]): readonly Pod[] {
  const named = pods.filter((pod) => pod.name !== "");
  const nameless = pods.filter((pod) => pod.name === "");
  return [...groupByName(named).flatMap((group) => mergeSights(group, mergePod)), ...nameless];
}

/** Ports one by one: a table shows numbers, the object names and target ports. */
function mergeService(sights: readonly Service[]): Service {
  const merged = fillFirst(sights);
  const all = sights.flatMap((service) => service.ports ?? []);
  const ports = merged.ports?.map((port) =>
    fill(
      port,
      all.filter((other) => isSamePort(port, other)),
    ),
  );
  return ports ? { ...merged, ports } : merged;
}

function isSamePort(a: ServicePort, b: ServicePort): boolean {
  return a.port === b.port && (a.protocol ?? "TCP") === (b.protocol ?? "TCP");
}

/** "" and a reference without a place are less than what another sight shows. */
function mergeVolume(sights: readonly PersistentVolume[]): PersistentVolume {
  const merged = fillFirst(sights);
  const type =
    merged.type === "other" ? sights.find((volume) => volume.type && volume.type !== "other") : undefined;
  return type ? fill({ ...type, ...merged, ...(type.type ? { type: type.type } : {}) }, sights) : merged;
}

/** A source that shows not-ready addresses knows more than one that cannot; then the one with more addresses. */
function mergeEndpoints(sights: readonly Endpoints[]): Endpoints {
  const size = (endpoints: Endpoints) => endpoints.ready.length + (endpoints.notReady?.length ?? 0);
  const [best, ...others] = [...sights].sort(
    (a, b) => Number(b.notReady !== undefined) - Number(a.notReady !== undefined) || size(b) - size(a),
  );
  if (!best) throw new Error("nothing to merge");
  const namespace = best.namespace ?? others.find((other) => other.namespace !== undefined)?.namespace;
  return namespace === undefined ? best : { ...best, namespace };
}

/** A row of a table only says that the object exists; it gives way to the object itself. */
function mergeObjects(group: readonly KubernetesObject[]): readonly KubernetesObject[] {
  if (group.length === 1) return group;
  const full = group.filter((object) => Object.keys(object.value).some((key) => !headKeys.has(key)));
  const live = full.filter((object) => object.origin === "live");
  const newest = live.at(-1);
  if (newest) return [newest];
  if (full.length > 0) return full;
  return group.slice(0, 1);
}

const headKeys = new Set(["apiVersion", "kind", "metadata"]);
