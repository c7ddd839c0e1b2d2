// The agent's ServiceAccount may not list pods.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/discovery-forbidden",
  title: "The log agent's ServiceAccount may not list pods or read their logs (RBAC)",
  why: "Kubernetes discovery needs get, list and watch on pods (and pods/log for loki.source.kubernetes). A binding that names another namespace or ServiceAccount leaves the agent without targets.",
  severity: "critical",
  component: "promtail",
  layer: "rbac",
  nature: "cause",
  effect: "no-data-in",
  from: ["promtail", "alloy"],
  texts: [
    'is forbidden: User "{user}" cannot {verb} resource "{resource}"',
    "could not get pod info; will retry tailing",
    'cannot get resource "pods/log"',
  ],
  confirm: (hit) => ({
    holds:
      hit.line.component === "promtail" ||
      hit.line.component === "alloy" ||
      /promtail|alloy/.test(hit.captures.user ?? ""),
  }),
  says: ({ captures }) =>
    `${captures.user ?? "The agent's ServiceAccount"} may not ${captures.verb ?? "list"} ${captures.resource ?? "pods"}: ClusterRole or binding is missing`,
  decideWith: "kubectl auth can-i list pods --as=system:serviceaccount:NAMESPACE:AGENT",
  references: ["https://grafana.com/docs/alloy/latest/reference/components/loki/loki.source.kubernetes/"],
  fix: () => ({
    summary:
      "Bind the ClusterRole (pods, pods/log, nodes: get, list, watch) to the ServiceAccount the agent really uses",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what it may do",
        command: "kubectl auth can-i list pods --as=system:serviceaccount:NAMESPACE:AGENT",
      },
    ],
  }),
});
