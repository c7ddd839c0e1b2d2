// kubeadm binds the metrics of scheduler, controller manager, etcd and kube-proxy to 127.0.0.1.
import type { ProofDraft } from "../../../model/finding.ts";
import type { Pod } from "../../../model/kubernetes.ts";
import { textRule } from "../../text-rule.ts";

const parts: Readonly<Record<string, { readonly name: string; readonly setting: string }>> = {
  "10257": { name: "kube-controller-manager", setting: "--bind-address=0.0.0.0" },
  "10259": { name: "kube-scheduler", setting: "--bind-address=0.0.0.0" },
  "10252": { name: "kube-controller-manager", setting: "the port 10257 with https (10252 was removed)" },
  "10251": { name: "kube-scheduler", setting: "the port 10259 with https (10251 was removed)" },
  "2381": { name: "etcd", setting: "--listen-metrics-urls=http://0.0.0.0:2381" },
  "10249": { name: "kube-proxy", setting: "metricsBindAddress: 0.0.0.0:10249" },
};

export const rule = textRule({
  id: "kubernetes/control-plane-on-localhost",
  title: "Control plane components serve their metrics on 127.0.0.1 only, so Prometheus is refused",
  why: "kubeadm starts kube-scheduler and kube-controller-manager with --bind-address=127.0.0.1, etcd with --listen-metrics-urls=http://127.0.0.1:2381, and kube-proxy's metricsBindAddress is empty (127.0.0.1:10249). They are healthy; only their metrics cannot be reached from the pod network, and KubeSchedulerDown and its like fire.",
  severity: "warning",
  component: "kubernetes",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  from: "any",
  // Go before 1.11 says getsockopt where later ones say connect.
  texts: Object.keys(parts).map((port) => `dial tcp {ip}:${port}: {call}: connection refused`),
  uses: ["kubernetes.pods", "kubernetes.objects", "config.documents", "host.listeners"],
  confirm: (hit, facts) => {
    if (/127\.0\.0\.1|localhost/.test(hit.captures.ip ?? "")) return { holds: false };
    const noProxy = lacksKubeProxy(facts["kubernetes.pods"]);
    const ports = [
      ...new Set(
        hit.lines.flatMap(
          (line) =>
            line.text.match(/dial tcp [\d.:[\]a-f]+:(10257|10259|10251|10252|2381|10249):/)?.[1] ?? [],
        ),
      ),
    ];
    if (noProxy && ports.every((port) => port === "10249")) return { holds: false };
    const proof: ProofDraft[] = [];
    for (const pod of facts["kubernetes.pods"]) {
      for (const container of pod.spec?.containers ?? []) {
        if (
          [...(container.command ?? []), ...(container.args ?? [])].some((arg) =>
            /^--bind-address=127\.0\.0\.1|^--listen-metrics-urls=http:\/\/127\.0\.0\.1/.test(arg),
          )
        )
          proof.push(container.at);
      }
    }
    const listener = facts["host.listeners"].find((entry) => ports.includes(String(entry.port)));
    if (listener && !/^127\.|^\[?::1/.test(listener.address)) return { holds: false };
    if (listener) proof.push(listener.at);
    const document = facts["config.documents"].find((entry) =>
      /metricsBindAddress:\s*(""|''|127\.0\.0\.1\S*)?\s*(\n|$)|--bind-address=127\.0\.0\.1/.test(entry.text),
    );
    if (document) proof.push(document.at);
    const names = ports.map((port) => `${parts[port]?.name ?? "a component"} (${port})`).join(", ");
    return {
      ...(proof.length > 0 ? { holds: true } : {}),
      says: `${names} refuse Prometheus at ${hit.captures.ip}: they listen on 127.0.0.1 only (kubeadm's default bind address); set ${[...new Set(ports.map((port) => parts[port]?.setting))].join("; ")}`,
      proof,
    };
  },
  says: ({ line }) => line.text,
  rivals: [
    { rule: "kubernetes/control-plane-service-empty", tellApart: "there no target exists at all" },
    {
      rule: "prometheus/etcd-needs-client-certificate",
      tellApart: "there etcd answers on 2379 and asks for a certificate",
    },
  ],
  decideWith: "ss -ltnp | grep -E '10257|10259|2381|10249'   # on a control plane node",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/1704",
    "https://github.com/prometheus-community/helm-charts/issues/204",
  ],
  fix: () => ({
    summary:
      "Bind the metrics to 0.0.0.0: --bind-address=0.0.0.0 in the static pod manifests (kubeadm: extraArgs), etcd --listen-metrics-urls, kube-proxy ConfigMap metricsBindAddress: 0.0.0.0:10249 and a restart. On managed clusters switch these monitors off (kubeScheduler.enabled=false and its like)",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See what they are bound to, on a control plane node",
        command: "grep -E 'bind-address|listen-metrics' /etc/kubernetes/manifests/*.yaml",
      },
    ],
  }),
});

/** kube-system was listed and has no kube-proxy: Cilium or another network does its work, and nothing can listen. */
function lacksKubeProxy(pods: readonly Pod[]): boolean {
  const system = pods.filter(
    ({ namespace, name }) => namespace === "kube-system" || /^kube-(?:apiserver|scheduler)-/.test(name),
  );
  return (
    system.some(({ name }) => /^(?:cilium|coredns|kube-)/.test(name)) &&
    !system.some(({ name }) => /^kube-proxy/.test(name))
  );
}
