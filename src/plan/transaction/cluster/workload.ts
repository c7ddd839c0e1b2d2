// Finds the workload that a step means, and the pods that are its own now.
import type { ClusterDoor } from "../../../model/door.ts";
import { isRecord, itemsOf, type JsonRecord, textOf, valueAt } from "../../../model/json-value.ts";
import { Refused } from "../../edit/refusal.ts";
import { getObject, listObjects } from "./request.ts";

export const workloadKinds = {
  Deployment: "deployments",
  StatefulSet: "statefulsets",
  DaemonSet: "daemonsets",
} as const;
export type WorkloadKind = keyof typeof workloadKinds;

export interface Workload {
  readonly kind: WorkloadKind;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonRecord;
}

const kinds: readonly WorkloadKind[] = ["Deployment", "StatefulSet", "DaemonSet"];

export function workloadPath(kind: WorkloadKind, namespace: string, name?: string): string {
  const base = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/${workloadKinds[kind]}`;
  return name === undefined ? base : `${base}/${encodeURIComponent(name)}`;
}

/** `name` may be that of the workload or of one of its pods, with or without `namespace/` in front. */
export async function findWorkload(
  door: ClusterDoor,
  name: string,
  namespace: string | undefined,
): Promise<Workload> {
  const [last = "", before] = name.split("/").reverse();
  const scope = namespace ?? before;
  if (scope === undefined) return await findAnywhere(door, last);
  const own = await namedWorkload(door, scope, last);
  if (own) return own;
  const owner = await ownerOfPod(door, scope, last);
  if (owner) return owner;
  // A pod that has been replaced since: its name was its workload's, with one or two parts more.
  for (const shorter of [last.replace(/-[a-z0-9]+$/, ""), last.replace(/-[a-z0-9]+-[a-z0-9]+$/, "")]) {
    const found = shorter === last ? undefined : await namedWorkload(door, scope, shorter);
    if (found) return found;
  }
  throw new Refused("place-missing", `namespace ${scope} has no workload or pod ${last}`);
}

async function namedWorkload(
  door: ClusterDoor,
  namespace: string,
  name: string,
): Promise<Workload | undefined> {
  for (const kind of kinds) {
    const object = await getObject(door, workloadPath(kind, namespace, name));
    if (object) return { kind, namespace, name, object };
  }
  return undefined;
}

async function findAnywhere(door: ClusterDoor, name: string): Promise<Workload> {
  const found: Workload[] = [];
  for (const kind of kinds) {
    const path = `/apis/apps/v1/${workloadKinds[kind]}?fieldSelector=${encodeURIComponent(`metadata.name=${name}`)}`;
    for (const object of await listObjects(door, path))
      found.push({ kind, namespace: textOf(valueAt(object, "metadata", "namespace")) ?? "", name, object });
  }
  const [one, other] = found;
  if (one && !other) return one;
  throw new Refused(
    one ? "ambiguous" : "place-missing",
    one
      ? `${found.length} workloads are called ${name}, in the namespaces ${found.map((each) => each.namespace).join(", ")}`
      : `the cluster has no workload ${name}`,
  );
}

async function ownerOfPod(door: ClusterDoor, namespace: string, pod: string): Promise<Workload | undefined> {
  const object = await getObject(
    door,
    `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}`,
  );
  if (!object) return undefined;
  let owner = controllerOf(object);
  if (owner?.kind === "ReplicaSet") {
    const path = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}/replicasets/${encodeURIComponent(owner.name)}`;
    owner = controllerOf((await getObject(door, path)) ?? {});
  }
  const kind = kinds.find((one) => one === owner?.kind);
  if (!owner || !kind)
    throw new Refused(
      "unsupported",
      `pod ${namespace}/${pod} belongs to no workload: deleted, it would not come back`,
    );
  const found = await getObject(door, workloadPath(kind, namespace, owner.name));
  return found ? { kind, namespace, name: owner.name, object: found } : undefined;
}

function controllerOf(
  object: JsonRecord,
): { readonly kind: string; readonly name: string; readonly uid: string } | undefined {
  const owner = itemsOf(valueAt(object, "metadata", "ownerReferences")).find(
    (one) => valueAt(one, "controller") === true,
  );
  const [kind, name, uid] = ["kind", "name", "uid"].map((key) => textOf(valueAt(owner, key)));
  return kind && name && uid ? { kind, name, uid } : undefined;
}

export interface WorkloadPod {
  readonly name: string;
  readonly uid: string;
  readonly ready: boolean;
  readonly ending: boolean;
  /** Why it is not ready, in words. */
  readonly because: string;
  /** It will not come up by waiting. */
  readonly failing: boolean;
}

/** Pods it controls now, by name. */
export async function podsOf(
  door: ClusterDoor,
  { kind, namespace, object }: Workload,
): Promise<WorkloadPod[]> {
  const labels = valueAt(object, "spec", "selector", "matchLabels");
  const selector = isRecord(labels)
    ? Object.entries(labels)
        .map(([key, value]) => `${key}=${String(value)}`)
        .join(",")
    : "";
  const query = `?labelSelector=${encodeURIComponent(selector)}`;
  const scope = encodeURIComponent(namespace);
  const owners = new Set([textOf(valueAt(object, "metadata", "uid"))]);
  if (kind === "Deployment") {
    for (const set of await listObjects(door, `/apis/apps/v1/namespaces/${scope}/replicasets${query}`))
      if (owners.has(controllerOf(set)?.uid)) owners.add(textOf(valueAt(set, "metadata", "uid")));
  }
  const pods = await listObjects(door, `/api/v1/namespaces/${scope}/pods${query}`);
  return pods
    .filter((pod) => owners.has(controllerOf(pod)?.uid))
    .map(podState)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const hopeless =
  /^(?:CrashLoopBackOff|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError|CreateContainerError|RunContainerError)$/;

function podState(pod: JsonRecord): WorkloadPod {
  const name = textOf(valueAt(pod, "metadata", "name")) ?? "";
  const condition = itemsOf(valueAt(pod, "status", "conditions")).find(
    (one) => valueAt(one, "type") === "Ready",
  );
  const ready = valueAt(condition, "status") === "True";
  const containers = ["initContainerStatuses", "containerStatuses"].flatMap((list) =>
    itemsOf(valueAt(pod, "status", list)),
  );
  const waiting = containers.flatMap((one) => {
    const reason = textOf(valueAt(one, "state", "waiting", "reason"));
    return reason ? [{ container: textOf(valueAt(one, "name")) ?? "", reason }] : [];
  });
  const stuck = waiting.find(({ reason }) => hopeless.test(reason));
  const notReady = containers.find(
    (one) => valueAt(one, "ready") !== true && !isRecord(valueAt(one, "state", "terminated")),
  );
  const first = stuck ?? waiting[0];
  const because = first
    ? `${name}: ${first.container} is ${first.reason}`
    : notReady
      ? `${name}: ${textOf(valueAt(notReady, "name")) ?? "a container"} runs, but is not ready`
      : `${name}: ${textOf(valueAt(condition, "message")) ?? textOf(valueAt(pod, "status", "phase")) ?? "not ready"}`;
  return {
    name,
    uid: textOf(valueAt(pod, "metadata", "uid")) ?? "",
    ready,
    ending: valueAt(pod, "metadata", "deletionTimestamp") !== undefined,
    because,
    failing: stuck !== undefined,
  };
}

/** How many pods it should have. */
export function wantedPods({ kind, object }: Workload): number {
  const value =
    kind === "DaemonSet"
      ? valueAt(object, "status", "desiredNumberScheduled")
      : valueAt(object, "spec", "replicas");
  return typeof value === "number" ? value : 1;
}
