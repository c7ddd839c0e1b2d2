// The parts of a monitoring stack (and what stands around it) that evidence and findings can be about.

export const componentKinds = [
  "prometheus",
  "alertmanager",
  "loki",
  "promtail",
  "alloy",
  "grafana",
  "node-exporter",
  "cadvisor",
  "kube-state-metrics",
  "blackbox-exporter",
  "pushgateway",
  "prometheus-operator",
  "config-reloader",
  "thanos",
  "mimir",
  "jenkins",
  "haproxy",
  "coredns",
  "kubelet",
  "docker",
  "kubernetes",
  "host",
  "watchmend",
] as const;

export type ComponentKind = (typeof componentKinds)[number];

const monitoring: ReadonlySet<ComponentKind> = new Set<ComponentKind>([
  "prometheus",
  "alertmanager",
  "loki",
  "promtail",
  "alloy",
  "grafana",
  "node-exporter",
  "cadvisor",
  "kube-state-metrics",
  "blackbox-exporter",
]);

/** Parts of the monitoring stack itself, as opposed to what it watches and what it runs on. */
export function isMonitoring(kind: ComponentKind): boolean {
  return monitoring.has(kind);
}
