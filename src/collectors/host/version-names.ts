// Names under which people and programs speak of the parts of a stack, for version statements.

/** Lower-case spelling to the name a statement carries: a component kind or a tool. */
export const versionNames: ReadonlyMap<string, string> = new Map(
  Object.entries({
    prometheus: "prometheus prom prometheus-server",
    alertmanager: "alertmanager",
    loki: "loki",
    promtail: "promtail",
    alloy: "alloy grafana-alloy",
    "grafana-agent": "grafana-agent grafana_agent",
    grafana: "grafana grafana-server",
    "node-exporter": "node-exporter node_exporter nodeexporter",
    cadvisor: "cadvisor",
    "kube-state-metrics": "kube-state-metrics ksm",
    "blackbox-exporter": "blackbox-exporter blackbox_exporter",
    pushgateway: "pushgateway",
    "prometheus-operator": "prometheus-operator prometheusoperator",
    "config-reloader": "prometheus-config-reloader",
    thanos: "thanos",
    mimir: "mimir",
    jenkins: "jenkins",
    haproxy: "haproxy",
    coredns: "coredns",
    docker: "docker docker-engine docker-ce",
    "docker-compose": "docker-compose docker_compose",
    podman: "podman",
    containerd: "containerd",
    "cri-o": "cri-o crio",
    runc: "runc",
    helm: "helm",
    kubernetes: "kubernetes k8s kube",
    kubectl: "kubectl",
    k3s: "k3s",
    rke2: "rke2",
    minikube: "minikube",
    kind: "kind-cluster",
    etcd: "etcd",
    nginx: "nginx",
    traefik: "traefik",
    ansible: "ansible",
    sqlite: "sqlite sqlite3",
    "metrics-server": "metrics-server",
    "otel-collector": "otelcol otel-collector",
    victoriametrics: "victoriametrics vmagent",
    tempo: "tempo",
    openshift: "openshift",
  }).flatMap(([name, spellings]) =>
    spellings.split(" ").map((spelling): [string, string] => [spelling, name]),
  ),
);

/** Charts that people name without the word "chart". */
export const knownCharts: ReadonlySet<string> = new Set([
  "kube-prometheus-stack",
  "prometheus-stack",
  "loki-stack",
  "loki-distributed",
  "k8s-monitoring",
  "prometheus-operator-crds",
  "victoria-metrics-k8s-stack",
  "grafana-operator",
  "prometheus-adapter",
]);

/** "Docker Engine", "node exporter": two words for one name. */
export function canonicalName(text: string): string | undefined {
  const key = text.trim().toLowerCase();
  return versionNames.get(key) ?? versionNames.get(key.replace(/\s+/g, "-"));
}
