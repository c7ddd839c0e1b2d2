// Which component a container, pod, unit, program or file is called after.
import type { ComponentKind } from "../../model/component.ts";

/** In this order: charts name everything after the stack (`loki-promtail`, `prometheus-node-exporter`), so the special names come first. */
const names: readonly (readonly [RegExp, ComponentKind | undefined])[] = [
  // Helpers beside a component whose logs are not the component's.
  [
    /loki-canary|loki-gateway|(?:chunks|results)-cache|loki-helm-test|(?:grafana|loki)-sc-|prometheus-adapter/,
    undefined,
  ],
  [/config(?:map)?-?reloade?r?|rules-configmap-reloader/, "config-reloader"],
  [/kube-?state-?metrics|^ksm$/, "kube-state-metrics"],
  [/node-?exporter|^nodeexp/, "node-exporter"],
  [/blackbox/, "blackbox-exporter"],
  [/push-?gateway/, "pushgateway"],
  [/alert-?manager/, "alertmanager"],
  [/prometheus-?operator|prom(?:etheus)?-stack-operator|kube-prometheus-.*operator/, "prometheus-operator"],
  [/grafana-?agent|grafana-?alloy|\balloy\b/, "alloy"],
  [/promtail/, "promtail"],
  [/cadvisor/, "cadvisor"],
  [/thanos/, "thanos"],
  [/mimir/, "mimir"],
  [/jenkins/, "jenkins"],
  [/ha-?proxy/, "haproxy"],
  [/coredns|kube-dns/, "coredns"],
  [/kubelet/, "kubelet"],
  [/^dockerd?$|^docker-engine$/, "docker"],
  [
    /^kube-?(?:apiserver|scheduler|controller-manager|proxy)\b|^(?:k3s|k3s-agent|rke2-server|microk8s)$/,
    "kubernetes",
  ],
  [/^kernel$/, "host"],
];

/** The three that name whole stacks: in `loki-stack-grafana` and `prometheus-kube-prometheus-prometheus-0` the last one counts. */
const stackNames: readonly (readonly [string, ComponentKind])[] = [
  ["loki", "loki"],
  ["grafana", "grafana"],
  ["prometheus", "prometheus"],
];

/** The component a name speaks of. */
export function componentOfName(name: string | undefined): ComponentKind | undefined {
  if (name === undefined || name === "" || name.length > 260) return undefined;
  const plain = name.toLowerCase().replaceAll("_", "-");
  const special = names.find(([regex]) => regex.test(plain));
  if (special) return special[1];
  const last = stackNames
    .map(([word, kind]) => ({ kind, at: plain.lastIndexOf(word) }))
    .reduce((best, next) => (next.at > best.at ? next : best), {
      kind: undefined as ComponentKind | undefined,
      at: -1,
    });
  return last.kind ?? (/^prom(?:$|-)/.test(plain) ? "prometheus" : undefined);
}
