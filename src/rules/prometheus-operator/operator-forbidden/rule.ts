// Operator image and ClusterRole come from different releases.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/operator-forbidden",
  title: "The operator's ClusterRole does not fit its version: the API server forbids what it needs",
  why: "A newer operator reads CRDs and writes status subresources that the ClusterRole of an older release does not allow. It exits or never finishes a sync.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "rbac",
  nature: "cause",
  effect: "down",
  phase: "run",
  from: ["prometheus-operator", "kubernetes"],
  texts: [
    "getting CRD: {kind}: customresourcedefinitions.apiextensions.k8s.io {name*} is forbidden",
    'User "{user}" cannot {verb} resource "{resource}" in API group "monitoring.coreos.com"',
    'statefulsets.apps is forbidden: User "{user}"',
  ],
  confirm: (hit) => ({
    holds:
      hit.captures.user === undefined ||
      /operator/.test(hit.captures.user) ||
      hit.line.component === "prometheus-operator",
  }),
  says: ({ captures }) =>
    `The operator's ServiceAccount${captures.user ? ` (${captures.user})` : ""} may not ${captures.verb ?? "get"} ${captures.resource ?? captures.name?.replace(/[\\"]/g, "") ?? "what it needs"}: image and ClusterRole are from different releases`,
  decideWith: "kubectl auth can-i --list --as=system:serviceaccount:NAMESPACE:OPERATOR",
  references: ["https://github.com/prometheus-operator/prometheus-operator/issues/2656"],
  fix: () => ({
    summary: "Apply operator, RBAC and CRDs of one and the same release",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Apply the ClusterRole of the operator's version" }],
  }),
});
