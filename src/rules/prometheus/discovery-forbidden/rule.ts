// RBAC: Prometheus may not list what it should discover.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/discovery-forbidden",
  title: "Prometheus' ServiceAccount may not list the objects it should discover (RBAC forbidden)",
  why: "Kubernetes service discovery lists and watches endpoints, pods, services and nodes with the pod's ServiceAccount. Without a Role in that namespace, or with the default ServiceAccount, the API server answers `is forbidden` and no targets appear.",
  severity: "warning",
  component: "prometheus",
  layer: "rbac",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    '{resource} is forbidden: User "{user}" cannot {verb} resource "{kind}" in API group "{group*}" in the namespace "{namespace}"',
    '{resource} is forbidden: User "{user}" cannot {verb} resource "{kind}" in API group "{group*}" at the cluster scope',
    '{resource} is forbidden: User "{user}" cannot {verb} {kind} at the cluster scope',
    '{resource} is forbidden: User "{user}" cannot {verb} {kind} in the namespace "{namespace}"',
    // Kubernetes up to 1.7
    'User "{user}" cannot list all {kind} in the cluster',
  ],
  except: ["exceeded quota", "violates PodSecurity", "customresourcedefinitions"],
  confirm: (hit) => {
    const user = hit.captures.user ?? "";
    if (/kube-state-metrics|operator/.test(user)) return { holds: false };
    if (/promtail|alloy|loki|agent|grafana/.test(user)) return { holds: false };
    if (hit.line.component === undefined && !/prometheus|default/.test(user)) return { holds: false };
    return { holds: true };
  },
  says: ({ captures }) => {
    const where = captures.namespace ? `in namespace ${captures.namespace}` : "at cluster scope";
    const isDefault = /:default$/.test(captures.user ?? "")
      ? "; it runs with the default ServiceAccount, so no serviceAccountName with a ClusterRole is set"
      : "";
    return `${captures.user} may not ${captures.verb ?? "list"} ${captures.kind ?? captures.resource} ${where}: Role or ClusterRole and binding are missing${isDefault}`;
  },
  decideWith:
    "kubectl auth can-i list endpoints --as=system:serviceaccount:NAMESPACE:NAME -n TARGET_NAMESPACE",
  references: [
    "https://github.com/prometheus-operator/kube-prometheus/issues/483",
    "https://github.com/prometheus/prometheus/issues/3918",
  ],
  fix: (finding) => ({
    summary:
      "Give the ServiceAccount get, list, watch on services, endpoints, endpointslices and pods (Role + RoleBinding in that namespace, or a ClusterRole)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: finding.says,
        command:
          "kubectl -n TARGET_NAMESPACE create role prometheus-discovery --verb=get,list,watch --resource=services,endpoints,pods,endpointslices.discovery.k8s.io",
      },
    ],
  }),
});
