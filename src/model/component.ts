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
