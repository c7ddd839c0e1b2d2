// 4194 was the kubelet's own cAdvisor page until Kubernetes 1.12.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/kubelet-cadvisor-port-gone",
  title: "Prometheus scrapes the kubelet's cAdvisor on port 4194, which newer kubelets do not open",
  why: "Until Kubernetes 1.9 the kubelet served its cAdvisor on port 4194. kubeadm switched it off (--cadvisor-port=0) with 1.7.3, the default became 0 with 1.10 and the flag went with 1.12. The container metrics are at https://NODE:10250/metrics/cadvisor since 1.7.3.",
  severity: "warning",
  component: "kubernetes",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  from: "any",
  texts: ["dial tcp {ip}:4194: {call}: connection refused", "dial tcp {ip}:4194: connect connection refused"],
  says: ({ captures }) =>
    `Nothing listens on ${captures.ip ?? "the nodes"}:4194: the kubelet's cAdvisor port is off (--cadvisor-port=0) or gone (Kubernetes 1.12). Scrape https://NODE:10250/metrics/cadvisor instead`,
  decideWith:
    "curl -sk https://NODE:10250/metrics/cadvisor -o /dev/null -w '%{http_code}\\n'   # 401 or 403 means it is there",
  references: ["https://github.com/kubernetes/kubernetes/pull/59827"],
  fix: () =>
    byHand(
      "Scrape the kubelet's https port: scheme https, port 10250, metrics_path /metrics/cadvisor, the ServiceAccount token and the right nodes/metrics (ServiceMonitor: port https-metrics, path /metrics/cadvisor)",
      "In the scrape configuration or ServiceMonitor of the kubelet",
    ),
});
