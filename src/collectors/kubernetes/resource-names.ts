// How kubectl names resources: plural, singular, short and with group, mapped to the kind.

/** kind: API version, then every name kubectl accepts or prints for it. */
const kinds: readonly (readonly [string, string, ...string[]])[] = [
  ["Pod", "v1", "pod", "pods", "po"],
  ["Deployment", "apps/v1", "deployment", "deployments", "deploy"],
  ["StatefulSet", "apps/v1", "statefulset", "statefulsets", "sts"],
  ["DaemonSet", "apps/v1", "daemonset", "daemonsets", "ds"],
  ["ReplicaSet", "apps/v1", "replicaset", "replicasets", "rs"],
  ["ReplicationController", "v1", "replicationcontroller", "replicationcontrollers", "rc"],
  ["Job", "batch/v1", "job", "jobs"],
  ["CronJob", "batch/v1", "cronjob", "cronjobs", "cj"],
  ["Service", "v1", "service", "services", "svc"],
  ["Endpoints", "v1", "endpoints", "endpoint", "ep"],
  ["EndpointSlice", "discovery.k8s.io/v1", "endpointslice", "endpointslices"],
  ["PersistentVolumeClaim", "v1", "persistentvolumeclaim", "persistentvolumeclaims", "pvc"],
  ["PersistentVolume", "v1", "persistentvolume", "persistentvolumes", "pv"],
  ["StorageClass", "storage.k8s.io/v1", "storageclass", "storageclasses", "sc"],
  ["VolumeAttachment", "storage.k8s.io/v1", "volumeattachment", "volumeattachments"],
  ["CSIDriver", "storage.k8s.io/v1", "csidriver", "csidrivers"],
  ["CSINode", "storage.k8s.io/v1", "csinode", "csinodes"],
  ["Node", "v1", "node", "nodes", "no"],
  ["Event", "v1", "event", "events", "ev"],
  ["ConfigMap", "v1", "configmap", "configmaps", "cm"],
  ["Secret", "v1", "secret", "secrets"],
  ["Namespace", "v1", "namespace", "namespaces", "ns"],
  ["ServiceAccount", "v1", "serviceaccount", "serviceaccounts", "sa"],
  ["ResourceQuota", "v1", "resourcequota", "resourcequotas", "quota"],
  ["LimitRange", "v1", "limitrange", "limitranges", "limits"],
  ["NetworkPolicy", "networking.k8s.io/v1", "networkpolicy", "networkpolicies", "netpol"],
  ["Ingress", "networking.k8s.io/v1", "ingress", "ingresses", "ing"],
  ["IngressClass", "networking.k8s.io/v1", "ingressclass", "ingressclasses"],
  ["HorizontalPodAutoscaler", "autoscaling/v2", "horizontalpodautoscaler", "horizontalpodautoscalers", "hpa"],
  ["PodDisruptionBudget", "policy/v1", "poddisruptionbudget", "poddisruptionbudgets", "pdb"],
  ["PodSecurityPolicy", "policy/v1beta1", "podsecuritypolicy", "podsecuritypolicies", "psp"],
  ["Role", "rbac.authorization.k8s.io/v1", "role", "roles"],
  ["RoleBinding", "rbac.authorization.k8s.io/v1", "rolebinding", "rolebindings"],
  ["ClusterRole", "rbac.authorization.k8s.io/v1", "clusterrole", "clusterroles"],
  ["ClusterRoleBinding", "rbac.authorization.k8s.io/v1", "clusterrolebinding", "clusterrolebindings"],
  [
    "CustomResourceDefinition",
    "apiextensions.k8s.io/v1",
    "customresourcedefinition",
    "customresourcedefinitions",
    "crd",
    "crds",
  ],
  ["APIService", "apiregistration.k8s.io/v1", "apiservice", "apiservices"],
  [
    "ValidatingWebhookConfiguration",
    "admissionregistration.k8s.io/v1",
    "validatingwebhookconfiguration",
    "validatingwebhookconfigurations",
  ],
  [
    "MutatingWebhookConfiguration",
    "admissionregistration.k8s.io/v1",
    "mutatingwebhookconfiguration",
    "mutatingwebhookconfigurations",
  ],
  ["PriorityClass", "scheduling.k8s.io/v1", "priorityclass", "priorityclasses", "pc"],
  ["Lease", "coordination.k8s.io/v1", "lease", "leases"],
  ["ComponentStatus", "v1", "componentstatus", "componentstatuses", "cs"],
  ["Prometheus", "monitoring.coreos.com/v1", "prometheus", "prometheuses", "prom"],
  ["PrometheusAgent", "monitoring.coreos.com/v1alpha1", "prometheusagent", "prometheusagents", "promagent"],
  ["Alertmanager", "monitoring.coreos.com/v1", "alertmanager", "alertmanagers", "am"],
  [
    "AlertmanagerConfig",
    "monitoring.coreos.com/v1alpha1",
    "alertmanagerconfig",
    "alertmanagerconfigs",
    "amcfg",
  ],
  ["ServiceMonitor", "monitoring.coreos.com/v1", "servicemonitor", "servicemonitors", "smon"],
  ["PodMonitor", "monitoring.coreos.com/v1", "podmonitor", "podmonitors", "pmon"],
  ["Probe", "monitoring.coreos.com/v1", "probe", "probes", "prb"],
  ["ScrapeConfig", "monitoring.coreos.com/v1alpha1", "scrapeconfig", "scrapeconfigs", "scfg"],
  ["PrometheusRule", "monitoring.coreos.com/v1", "prometheusrule", "prometheusrules", "promrule"],
  ["HelmRelease", "helm.toolkit.fluxcd.io/v2", "helmrelease", "helmreleases", "hr"],
  ["Kustomization", "kustomize.toolkit.fluxcd.io/v1", "kustomization", "kustomizations", "ks"],
  ["Application", "argoproj.io/v1alpha1", "application", "applications", "app", "apps"],
  ["LokiStack", "loki.grafana.com/v1", "lokistack", "lokistacks"],
  ["Certificate", "cert-manager.io/v1", "certificate", "certificates", "cert", "certs"],
  ["ThanosRuler", "monitoring.coreos.com/v1", "thanosruler", "thanosrulers", "ruler"],
];

export interface ResourceType {
  readonly kind: string;
  readonly apiVersion: string;
}

const byName = new Map<string, ResourceType>(
  kinds.flatMap(([kind, apiVersion, ...names]) => names.map((name) => [name, { kind, apiVersion }] as const)),
);
const byKind = new Map<string, ResourceType>(
  kinds.map(([kind, apiVersion]) => [kind.toLowerCase(), { kind, apiVersion }]),
);

/** `sts`, `statefulsets`, `statefulset.apps`, `StatefulSet` → StatefulSet. */
export function resourceType(word: string): ResourceType | undefined {
  const lower = word.toLowerCase();
  return byName.get(lower) ?? byKind.get(lower) ?? byName.get(lower.split(".")[0] ?? lower);
}

export interface PrefixedName {
  readonly type: ResourceType | undefined;
  readonly name: string;
}

/** `pod/prometheus-0`, `deployment.apps/grafana`, `servicemonitor.monitoring.coreos.com/x`, or a bare name. */
export function parsePrefixedName(text: string): PrefixedName {
  const slash = text.indexOf("/");
  if (slash <= 0) return { type: undefined, name: text };
  const prefix = text.slice(0, slash);
  const known = resourceType(prefix);
  if (known) return { type: known, name: text.slice(slash + 1) };
  const [resource, ...group] = prefix.split(".");
  const apiVersion = group.length > 0 ? group.join(".") : "v1";
  return { type: { kind: resource ?? prefix, apiVersion }, name: text.slice(slash + 1) };
}
