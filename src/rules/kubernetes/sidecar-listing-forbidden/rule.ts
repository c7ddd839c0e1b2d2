// The sidecar that collects ConfigMaps and Secrets may not list them.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/sidecar-listing-forbidden",
  title:
    "The sidecar that loads dashboards, data sources or rules may not list ConfigMaps or Secrets (403): its Role or binding is missing",
  why: "k8s-sidecar (grafana-sc-*, loki-sc-rules) lists and watches ConfigMaps and Secrets with the pod's ServiceAccount. With rbac.namespaced, rbac.create: false, a searchNamespace beyond the Role's, or a renamed ServiceAccount, the API answers 403 and nothing is ever loaded.",
  severity: "critical",
  component: "kubernetes",
  layer: "rbac",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: [
    'configmaps is forbidden: User "{user}" cannot list resource "configmaps"{rest*}',
    'secrets is forbidden: User "{user}" cannot list resource "secrets"{rest*}',
    'configmaps is forbidden: User "{user}" cannot watch resource "configmaps"{rest*}',
    'secrets is forbidden: User "{user}" cannot watch resource "secrets"{rest*}',
  ],
  confirm: ({ line, component }) => ({
    holds:
      !["prometheus", "prometheus-operator", "kube-state-metrics", "kubelet"].includes(
        line.component ?? component?.kind ?? "",
      ) &&
      /ApiException|"level": ?"ERROR"|sidecar|-sc-|Reason: Forbidden/i.test(
        `${line.container ?? ""} ${line.text}`,
      ),
  }),
  says: ({ line }) => {
    const plain = line.text.replaceAll("\\", "");
    const who = /User "([^"]+)"/.exec(plain)?.[1] ?? "Its ServiceAccount";
    const what = /cannot \w+ resource "(\w+)"/.exec(plain)?.[1] ?? "configmaps";
    const where = /in the namespace "([^"]+)"/.exec(plain)?.[1];
    return `${who} may not list ${what} ${where ? `in namespace ${where}` : "at the cluster scope"}, so the sidecar loads nothing: a Role (or ClusterRole) with get, list and watch on configmaps and secrets and its binding are missing`;
  },
  decideWith:
    "kubectl auth can-i list configmaps --as=system:serviceaccount:NAMESPACE:NAME -n NAMESPACE; kubectl get role,rolebinding -n NAMESPACE",
  references: ["https://github.com/grafana/loki/issues/15845", "https://github.com/kiwigrid/k8s-sidecar"],
  fix: (finding) => {
    const [, namespace, name] = /serviceaccount:([\w-]+):([\w.-]+)/.exec(finding.says) ?? [];
    return byHand(
      `Give ${name ?? "the ServiceAccount"} a Role with get, list, watch on configmaps and secrets and bind it (or rbac.create: true, rbac.namespaced: false, so that the chart does; searchNamespace must lie within)`,
      "In the namespace",
      `kubectl -n ${namespace ?? "NAMESPACE"} create role sidecar --verb=get,list,watch --resource=configmaps,secrets && kubectl -n ${namespace ?? "NAMESPACE"} create rolebinding sidecar --role=sidecar --serviceaccount=${namespace ?? "NAMESPACE"}:${name ?? "NAME"}`,
      "safe",
    );
  },
});
