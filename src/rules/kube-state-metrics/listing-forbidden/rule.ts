// RBAC of kube-state-metrics is missing or older than its image.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kube-state-metrics/listing-forbidden",
  title: "kube-state-metrics may not list the objects it reports (its ClusterRole is missing or outdated)",
  why: "kube-state-metrics lists and watches every kind it reports with its ServiceAccount. Without the ClusterRole (or with one older than the image) the API server answers forbidden: the pod is Ready, but kube_* metrics of those kinds are absent.",
  severity: "warning",
  component: "kube-state-metrics",
  layer: "rbac",
  nature: "cause",
  effect: "no-data-in",
  from: ["kube-state-metrics", "kubernetes"],
  texts: [
    '{resource} is forbidden: User "{user}" cannot {verb} resource "{kind}" in API group "{group*}"',
    '{resource} is forbidden: User "{user}" cannot {verb} {kind} at the cluster scope',
    'RBAC: clusterrole.rbac.authorization.k8s.io "{role}" not found',
  ],
  confirm: (hit) => {
    const isOurs = hit.line.component === "kube-state-metrics" || /kube-state-metrics/.test(hit.line.text);
    if (!isOurs) return { holds: false };
    const kinds = [
      ...new Set(
        hit.lines
          .map((line) => line.text.match(/cannot \w+ (?:resource \\?")?([\w.-]+)/)?.[1])
          .filter((kind) => kind !== undefined),
      ),
    ];
    const role = hit.lines
      .map((line) => line.text.match(/clusterrole\.rbac\.authorization\.k8s\.io \\?"([\w.:-]+)/)?.[1])
      .find((name) => name !== undefined);
    const who = hit.captures.user ?? "kube-state-metrics' ServiceAccount";
    return {
      holds: true,
      says: role
        ? `${who} may not list ${kinds.slice(0, 6).join(", ")}: its binding names ClusterRole "${role}", which does not exist`
        : `${who} may not list ${kinds.slice(0, 6).join(", ")}: the ClusterRole is missing or older than the image`,
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    {
      rule: "kube-state-metrics/api-not-served",
      tellApart: "there the server could not find the requested resource",
    },
  ],
  decideWith:
    "kubectl auth can-i list deployments --as=system:serviceaccount:NAMESPACE:kube-state-metrics -A",
  references: [
    "https://github.com/kubernetes/kube-state-metrics/issues/1368",
    "https://github.com/kubernetes/kube-state-metrics/tree/main/examples/standard",
  ],
  fix: () => ({
    summary:
      "Apply the ClusterRole and ClusterRoleBinding of the same kube-state-metrics version (chart: rbac.create=true)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what the binding names",
        command: "kubectl get clusterrolebinding,clusterrole | grep kube-state-metrics",
      },
    ],
  }),
});
