// Where objects of a kind are found below the API server's root.
import type { ClusterDoor } from "../../../model/door.ts";
import { isRecord, itemsOf, valueAt } from "../../../model/json-value.ts";
import { Refused } from "../../edit/refusal.ts";

export interface Resource {
  /** `/api/v1` or `/apis/GROUP/VERSION`. */
  readonly root: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

const inNamespace = (root: string, plural: string): Resource => ({ root, plural, namespaced: true });
const inCluster = (root: string, plural: string): Resource => ({ root, plural, namespaced: false });
const core = "/api/v1";
const apps = "/apis/apps/v1";
const operator = "/apis/monitoring.coreos.com/v1";

const known: Readonly<Record<string, Resource>> = {
  Pod: inNamespace(core, "pods"),
  Service: inNamespace(core, "services"),
  ConfigMap: inNamespace(core, "configmaps"),
  PersistentVolumeClaim: inNamespace(core, "persistentvolumeclaims"),
  ServiceAccount: inNamespace(core, "serviceaccounts"),
  PersistentVolume: inCluster(core, "persistentvolumes"),
  Namespace: inCluster(core, "namespaces"),
  Node: inCluster(core, "nodes"),
  Deployment: inNamespace(apps, "deployments"),
  StatefulSet: inNamespace(apps, "statefulsets"),
  DaemonSet: inNamespace(apps, "daemonsets"),
  ReplicaSet: inNamespace(apps, "replicasets"),
  CronJob: inNamespace("/apis/batch/v1", "cronjobs"),
  Ingress: inNamespace("/apis/networking.k8s.io/v1", "ingresses"),
  NetworkPolicy: inNamespace("/apis/networking.k8s.io/v1", "networkpolicies"),
  PodDisruptionBudget: inNamespace("/apis/policy/v1", "poddisruptionbudgets"),
  Role: inNamespace("/apis/rbac.authorization.k8s.io/v1", "roles"),
  RoleBinding: inNamespace("/apis/rbac.authorization.k8s.io/v1", "rolebindings"),
  ClusterRole: inCluster("/apis/rbac.authorization.k8s.io/v1", "clusterroles"),
  ClusterRoleBinding: inCluster("/apis/rbac.authorization.k8s.io/v1", "clusterrolebindings"),
  StorageClass: inCluster("/apis/storage.k8s.io/v1", "storageclasses"),
  HorizontalPodAutoscaler: inNamespace("/apis/autoscaling/v2", "horizontalpodautoscalers"),
  ServiceMonitor: inNamespace(operator, "servicemonitors"),
  PodMonitor: inNamespace(operator, "podmonitors"),
  Probe: inNamespace(operator, "probes"),
  PrometheusRule: inNamespace(operator, "prometheusrules"),
  Prometheus: inNamespace(operator, "prometheuses"),
  Alertmanager: inNamespace(operator, "alertmanagers"),
};

/** Kinds that are not in the table are looked up in what the server serves, preferred versions first. */
export async function resourceOf(door: ClusterDoor, kind: string): Promise<Resource> {
  const own = known[kind];
  if (own) return own;
  for (const root of await groupRoots(door)) {
    const found = itemsOf(valueAt(await readJson(door, root), "resources")).find(
      (entry) => valueAt(entry, "kind") === kind && !String(valueAt(entry, "name")).includes("/"),
    );
    if (isRecord(found) && typeof found.name === "string")
      return { root, plural: found.name, namespaced: found.namespaced === true };
  }
  throw new Refused("place-missing", `the cluster has no objects of kind ${kind}`);
}

async function groupRoots(door: ClusterDoor): Promise<string[]> {
  const groups = itemsOf(valueAt(await readJson(door, "/apis"), "groups"));
  return [
    core,
    ...groups.flatMap((group) => {
      const version = valueAt(group, "preferredVersion", "groupVersion");
      return typeof version === "string" ? [`/apis/${version}`] : [];
    }),
  ];
}

async function readJson(door: ClusterDoor, path: string): Promise<unknown> {
  const { status, body } = await door.request({ method: "GET", path, timeoutMs: 20_000 });
  if (status !== 200) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
}

export function objectPath(
  { root, plural, namespaced }: Resource,
  namespace: string | undefined,
  name?: string,
): string {
  if (namespaced && namespace === undefined)
    throw new Refused("bad-step", `the step names no namespace for ${plural}${name ? ` ${name}` : ""}`);
  const scope = namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "")}` : "";
  return `${root}${scope}/${plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`;
}
