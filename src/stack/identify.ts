// Which component is this? From images, arguments, labels, ports and, last, names.
import type { ComponentKind } from "../model/component.ts";

/** Last path segment of an image reference to component kind. Sources: the projects' own image names and the common rebuilds. */
const imageNames: Readonly<Record<string, ComponentKind>> = {
  prometheus: "prometheus",
  "prometheus-server": "prometheus",
  alertmanager: "alertmanager",
  "prometheus-alertmanager": "alertmanager",
  loki: "loki",
  "loki-distributed": "loki",
  "enterprise-logs": "loki",
  "grafana-loki": "loki",
  promtail: "promtail",
  alloy: "alloy",
  agent: "alloy",
  "grafana-agent": "alloy",
  grafana: "grafana",
  "grafana-oss": "grafana",
  "grafana-enterprise": "grafana",
  "node-exporter": "node-exporter",
  node_exporter: "node-exporter",
  cadvisor: "cadvisor",
  "kube-state-metrics": "kube-state-metrics",
  "blackbox-exporter": "blackbox-exporter",
  blackbox_exporter: "blackbox-exporter",
  pushgateway: "pushgateway",
  "prometheus-operator": "prometheus-operator",
  "prometheus-config-reloader": "config-reloader",
  "configmap-reload": "config-reloader",
  thanos: "thanos",
  mimir: "mimir",
  cortex: "mimir",
  jenkins: "jenkins",
  haproxy: "haproxy",
  coredns: "coredns",
};

/** Flags that only one program has. */
const flagSigns: readonly (readonly [RegExp, ComponentKind])[] = [
  [/^--storage\.(tsdb|agent)\.|^--web\.enable-lifecycle/, "prometheus"],
  [/^--cluster\.(peer|advertise-address|listen-address)|^--storage\.path=\/alertmanager/, "alertmanager"],
  [
    /^--collector\.(filesystem|netclass|netdev|textfile|systemd|diskstats)|^--path\.(rootfs|procfs|sysfs)/,
    "node-exporter",
  ],
  [/^-{1,2}(docker_only|housekeeping_interval|disable_metrics|store_container_labels)/, "cadvisor"],
  [/^--prometheus-config-reloader|^--kubelet-service=/, "prometheus-operator"],
  [/^--(watched-dir|reload-url|config-envsubst-file|webhook-url)/, "config-reloader"],
  [/^--server\.http\.listen-addr|^--storage\.path=.*alloy/, "alloy"],
  [/^--metric-labels-allowlist|^--resources=.*(pods|nodes)/, "kube-state-metrics"],
];

/** The kind an image name stands for; the registry and the owner do not matter, only the last segment does. */
export function kindOfImage(image: string | undefined): ComponentKind | undefined {
  if (!image) return undefined;
  const name = image.split("@")[0]?.split("/").at(-1)?.split(":")[0]?.toLowerCase() ?? "";
  return imageNames[name] ?? imageNames[name.replace(/-(distroless|alpine|busybox|amd64|arm64)$/, "")];
}

export function kindOfArguments(args: readonly string[]): ComponentKind | undefined {
  for (const arg of args) {
    const sign = flagSigns.find(([flag]) => flag.test(arg));
    if (sign) return sign[1];
  }
  const program = args[0]?.split("/").at(-1)?.toLowerCase();
  return program ? kindOfProgram(program) : undefined;
}

/** From the file name of an executable: `/usr/bin/prometheus-node-exporter`. */
export function kindOfProgram(program: string): ComponentKind | undefined {
  const name = program
    .replace(/\.service$/, "")
    .replace(/^prometheus-(?=node-exporter|alertmanager|pushgateway|blackbox-exporter)/, "");
  return imageNames[name] ?? (name === "dockerd" ? "docker" : name === "kubelet" ? "kubelet" : undefined);
}

/** Longest names first, so that `prometheus-node-exporter` is a node-exporter and `loki-promtail` a promtail. */
const nameSigns: readonly (readonly [RegExp, ComponentKind])[] = [
  [/config-?reload/, "config-reloader"],
  [/node-?_?exporter/, "node-exporter"],
  [/kube-?state-?metrics|(^|-)ksm(-|$)/, "kube-state-metrics"],
  [/blackbox/, "blackbox-exporter"],
  [/push-?gateway/, "pushgateway"],
  [/alert-?manager/, "alertmanager"],
  [/prom(etheus)?-?operator|kube-prometheus-stack-operator|kube-pro\w*-operator/, "prometheus-operator"],
  [/promtail/, "promtail"],
  [/alloy|grafana-agent/, "alloy"],
  [/cadvisor/, "cadvisor"],
  [/thanos/, "thanos"],
  [/mimir|cortex/, "mimir"],
  [/coredns|kube-dns/, "coredns"],
  [/(^|[-_.])loki([-_.]|$)/, "loki"],
  [/grafana/, "grafana"],
  [/prometheus/, "prometheus"],
  [/jenkins/, "jenkins"],
  [/haproxy/, "haproxy"],
];

/** Names that contain a component's name but are something else of its chart. */
const notTheComponent =
  /(exporter|adapter|canary|gateway|memcached|cache|sidecar|test|operator-admission|admission|oauth|proxy|minio|rules|dashboard|datasource)/;

/** Last resort, for evidence that shows nothing but a name. */
export function kindOfName(name: string | undefined): ComponentKind | undefined {
  if (!name) return undefined;
  const lower = name.toLowerCase();
  const sign = nameSigns.find(([pattern]) => pattern.test(lower));
  if (!sign) return undefined;
  const generic = sign[1] === "loki" || sign[1] === "grafana" || sign[1] === "prometheus";
  return generic && notTheComponent.test(lower) ? undefined : sign[1];
}

const portKinds: Readonly<Record<number, ComponentKind>> = {
  9090: "prometheus",
  9093: "alertmanager",
  3100: "loki",
  9080: "promtail",
  12345: "alloy",
  3000: "grafana",
  9100: "node-exporter",
  9115: "blackbox-exporter",
  9091: "pushgateway",
};

/** The component that listens on this port by default. Weak: only to choose among candidates. */
export function kindOfPort(port: number | undefined): ComponentKind | undefined {
  return port === undefined ? undefined : portKinds[port];
}

/** The version in an image tag: `prom/prometheus:v2.48.0-distroless` gives `2.48.0`; `latest` and digests give nothing. */
export function versionOfImage(image: string | undefined): string | undefined {
  const tag = image?.split("@")[0]?.match(/:([^/:]+)$/)?.[1];
  return tag?.match(/^v?(\d+\.\d+(?:\.\d+)?)/)?.[1];
}
