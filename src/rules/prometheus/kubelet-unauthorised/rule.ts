// 403: Prometheus is known and may not.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/kubelet-unauthorised",
  title:
    "The kubelet or API answers 403 Forbidden: Prometheus' ClusterRole does not allow reading these metrics",
  why: "The token was accepted, but the ClusterRole lacks get on nodes/metrics (nodes/proxy through the API server) or the nonResourceURLs /metrics and /metrics/cadvisor, or the binding names another ServiceAccount. A kubelet log with system:anonymous would mean authentication instead.",
  severity: "warning",
  component: "prometheus",
  layer: "rbac",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: ["server returned HTTP status 403 Forbidden"],
  unconfirmed: "likely",
  confirm: (hit, facts) => {
    const down = facts["prometheus.targets"].filter(({ lastError }) => /403 Forbidden/.test(lastError ?? ""));
    const urls = [...hit.lines.map(({ text }) => text), ...down.map(({ scrapeUrl }) => scrapeUrl)].join(" ");
    const isCluster =
      /:10250|kubelet|cadvisor|apiserver|\/proxy\/metrics|:6443|kubernetes-nodes|:10257|:10259/.test(urls) ||
      facts["text.lines"].some(
        (line) => line.stream === "note" && /kubelet|cadvisor|apiserver/i.test(line.text),
      );
    return isCluster ? { holds: true } : { holds: false };
  },
  uses: ["prometheus.targets"],
  says: () =>
    "Kubelet metrics answer 403 Forbidden: the ClusterRole lacks get on nodes/metrics (or nonResourceURLs /metrics), or its binding names another ServiceAccount",
  rivals: [{ rule: "prometheus/kubelet-unauthenticated", tellApart: "there the status is 401" }],
  decideWith: "kubectl auth can-i get nodes/metrics --as=system:serviceaccount:NAMESPACE:PROMETHEUS",
  references: ["https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/"],
  fix: () => ({
    summary:
      "Add nodes/metrics (get) and nonResourceURLs /metrics, /metrics/cadvisor to the ClusterRole, and check the binding's subject",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what it may do",
        command: "kubectl auth can-i get nodes/metrics --as=system:serviceaccount:NAMESPACE:PROMETHEUS",
      },
    ],
  }),
});
