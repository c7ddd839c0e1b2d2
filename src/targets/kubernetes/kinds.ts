// What is read of a cluster, as data: the collector reads by this table and `watchmend rbac` is printed from it, so that they cannot drift apart.

export interface ReadKind {
  /** As kubectl and roles call it. */
  readonly resource: string;
  readonly kind: string;
  /** "" is the core group. */
  readonly group: string;
  /** The first one that the server has is used. */
  readonly versions: readonly string[];
  readonly namespaced: boolean;
  /** Defined by add-ons: where it does not exist, nothing is missing. */
  readonly optional?: boolean;
  /** Why it is read, for the people who grant it. */
  readonly why: string;
}

const operator = (resource: string, kind: string, why: string, version = "v1"): ReadKind => ({
  resource,
  kind,
  group: "monitoring.coreos.com",
  versions: [version],
  namespaced: true,
  optional: true,
  why,
});

const core = (resource: string, kind: string, why: string, namespaced = true): ReadKind => ({
  resource,
  kind,
  group: "",
  versions: ["v1"],
  namespaced,
  why,
});

const apps = (resource: string, kind: string, why: string): ReadKind => ({
  resource,
  kind,
  group: "apps",
  versions: ["v1"],
  namespaced: true,
  why,
});

/** Listed once each. Secrets are not among them, and never will be. */
export const readKinds: readonly ReadKind[] = [
  core("pods", "Pod", "states, restarts, probes, mounts, placement"),
  core("services", "Service", "selectors and ports"),
  {
    resource: "endpointslices",
    kind: "EndpointSlice",
    group: "discovery.k8s.io",
    versions: ["v1", "v1beta1"],
    namespaced: true,
    why: "who is behind a Service, ready or not",
  },
  core("configmaps", "ConfigMap", "the configuration of the components"),
  core("persistentvolumeclaims", "PersistentVolumeClaim", "storage that is asked for"),
  core("persistentvolumes", "PersistentVolume", "storage there is, and who may use it", false),
  {
    resource: "storageclasses",
    kind: "StorageClass",
    group: "storage.k8s.io",
    versions: ["v1"],
    namespaced: false,
    why: "how storage is made",
  },
  core("nodes", "Node", "conditions, taints, architecture, version", false),
  core("namespaces", "Namespace", "labels that policies and pod security go by", false),
  core("events", "Event", "why something was not scheduled, mounted, pulled or started"),
  apps("deployments", "Deployment", "what should run"),
  apps("statefulsets", "StatefulSet", "what should run"),
  apps("daemonsets", "DaemonSet", "what should run"),
  apps("replicasets", "ReplicaSet", "to whom a pod belongs"),
  {
    resource: "jobs",
    kind: "Job",
    group: "batch",
    versions: ["v1"],
    namespaced: true,
    why: "set-up jobs of charts that others wait for",
  },
  {
    resource: "networkpolicies",
    kind: "NetworkPolicy",
    group: "networking.k8s.io",
    versions: ["v1"],
    namespaced: true,
    why: "connections that are not allowed",
  },
  {
    resource: "ingresses",
    kind: "Ingress",
    group: "networking.k8s.io",
    versions: ["v1", "v1beta1"],
    namespaced: true,
    why: "paths under which Grafana and Prometheus are served",
  },
  core("resourcequotas", "ResourceQuota", "pods that are refused for a quota"),
  core("limitranges", "LimitRange", "limits that pods get without asking"),
  ...["validatingwebhookconfigurations", "mutatingwebhookconfigurations"].map(
    (resource): ReadKind => ({
      resource,
      kind: resource.startsWith("validating")
        ? "ValidatingWebhookConfiguration"
        : "MutatingWebhookConfiguration",
      group: "admissionregistration.k8s.io",
      versions: ["v1"],
      namespaced: false,
      why: "webhooks without a server, which refuse every change",
    }),
  ),
  operator("prometheuses", "Prometheus", "servers that the operator makes"),
  operator("alertmanagers", "Alertmanager", "servers that the operator makes"),
  operator("servicemonitors", "ServiceMonitor", "what the operator lets Prometheus scrape"),
  operator("podmonitors", "PodMonitor", "what the operator lets Prometheus scrape"),
  operator("probes", "Probe", "what the operator lets Prometheus probe"),
  operator("prometheusrules", "PrometheusRule", "rules that the operator loads"),
  operator("alertmanagerconfigs", "AlertmanagerConfig", "routes that the operator merges", "v1alpha1"),
  operator("scrapeconfigs", "ScrapeConfig", "what the operator lets Prometheus scrape", "v1alpha1"),
  {
    resource: "peerauthentications",
    kind: "PeerAuthentication",
    group: "security.istio.io",
    versions: ["v1", "v1beta1"],
    namespaced: true,
    optional: true,
    why: "meshes that refuse plain scrapes",
  },
];

/** Read one by one in the second look. */
export const podSubresources = [
  { subresource: "log", verb: "get", why: "current and previous logs of the stack's containers" },
  {
    subresource: "proxy",
    verb: "get",
    why: "the components' own HTTP APIs: targets, rules, running configuration, readiness",
  },
] as const;

export type PodSubresource = (typeof podSubresources)[number]["subresource"];

/** Paths of the API server itself. */
export const serverPaths = ["/version", "/readyz"] as const;

export function listPath(kind: ReadKind, version: string, namespace: string | undefined): string {
  const root = kind.group === "" ? `/api/${version}` : `/apis/${kind.group}/${version}`;
  return namespace === undefined
    ? `${root}/${kind.resource}`
    : `${root}/namespaces/${namespace}/${kind.resource}`;
}

/** The same list as a person would ask for it. */
export function listCommand({ resource, namespaced }: ReadKind, namespace: string | undefined): string {
  const scope = namespace === undefined ? (namespaced ? " -A" : "") : ` -n ${namespace}`;
  return `kubectl get ${resource}${scope} -o json`;
}

export function canListCommand(
  { resource, group, namespaced }: ReadKind,
  namespace: string | undefined,
): string {
  const name = group === "" ? resource : `${resource}.${group}`;
  const scope = namespace === undefined ? (namespaced ? " --all-namespaces" : "") : ` -n ${namespace}`;
  return `kubectl auth can-i list ${name}${scope}`;
}
