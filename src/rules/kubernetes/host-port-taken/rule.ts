// Two pods (or a pod and a process of the host) want one port of the node.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Pod } from "../../../model/kubernetes.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/host-port-taken",
  title: "A host port the pod needs is already taken on the node",
  why: "With hostNetwork or hostPort a pod uses the node's own ports. A second node-exporter (another release, the distribution's own, a systemd service) on 9100, or the operator with hostNetwork on 10250, which the kubelet owns, finds its port taken: the scheduler leaves it Pending, or the process ends with address already in use.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "down",
  phase: "bind",
  from: ["prometheus-operator", "node-exporter", "kubernetes", "kube-state-metrics", "cadvisor", "kubelet"],
  texts: [
    "node(s) didn't have free ports for the requested pod ports",
    "didn't have free ports for the requested pod ports",
    "listening failed:{port#}listen tcp {address}: bind: address already in use",
    "listen tcp {address}: bind: address already in use",
  ],
  uses: ["kubernetes.pods", "kubernetes.workloads", "kubernetes.events", "host.listeners"],
  unconfirmed: "likely",
  confirm: (hit, facts) => {
    const { component } = hit;
    if (/free ports/.test(hit.line.text))
      return {
        holds: true,
        says: `${hit.line.pod ? `Pod ${hit.line.pod}` : "The pod"} stays Pending: the node has no free port for its hostPort${portsOf(component)}; another pod (a second release of the same exporter) holds it`,
      };
    const port = hit.captures.port ?? hit.captures.address?.match(/:(\d+)$/)?.[1];
    const kubernetes =
      component?.pods.length || component?.workload || facts["kubernetes.pods"].length > 0 || hit.line.pod;
    if (component?.docker || (!kubernetes && hit.line.component !== "prometheus-operator"))
      return { holds: false };
    const spec = component?.workload?.spec ?? component?.pods[0]?.spec;
    if (spec && spec.hostNetwork !== true && !component?.container?.ports?.some((entry) => entry.hostPort)) {
      if (spec.hostNetwork === false) return { holds: false };
    }
    const owner = facts["host.listeners"].find((entry) => String(entry.port) === port && entry.process);
    const who = owner?.process ?? (port === "10250" ? "the kubelet" : undefined);
    return {
      ...(spec?.hostNetwork || owner || port === "10250" ? { holds: true } : {}),
      says: `${component?.name ?? hit.line.component ?? "The pod"} with hostNetwork cannot listen on port ${port}: address already in use${who ? ` by ${who}` : " by another process or pod of the node"}${port === "10250" && hit.line.component === "prometheus-operator" ? "; set prometheusOperator.tls.internalPort=8443" : ""}`,
      proof: [...(spec?.hostNetwork ? [spec.at] : []), ...(owner ? [owner.at] : [])],
    };
  },
  suffices: ["kubernetes.pods"],
  fromFiles: ({ "kubernetes.pods": pods }) => secondExporters(pods),
  says: ({ line }) => line.text,
  decideWith: "ss -ltnp | grep :PORT   # on the node",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/2248",
    "https://github.com/dell/csm/issues/1783",
  ],
  fix: (finding) => ({
    summary: finding.says.includes("10250")
      ? "Set prometheusOperator.tls.internalPort=8443 (--web.listen-address), or drop hostNetwork"
      : "Run one node-exporter per node: disable one (nodeExporter.enabled=false) or give it another port (prometheus-node-exporter.service.port and targetPort)",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Find who holds the port",
        command: "kubectl get pods -A -o wide | grep node-exporter; ss -ltnp | grep ':9100 '",
      },
    ],
  }),
});

function portsOf(
  component: Parameters<NonNullable<Parameters<typeof textRule>[0]["says"]>>[0]["component"],
): string {
  const ports = component?.container?.ports?.flatMap((entry) => entry.hostPort ?? []) ?? [];
  return ports.length > 0 ? ` ${ports.join(", ")}` : component?.kind === "node-exporter" ? " (9100)" : "";
}

/** A node-exporter that stays Pending while the one of another release runs: both want port 9100 of every node. */
function secondExporters(pods: readonly Pod[]): readonly FindingDraft[] {
  const exporters = pods.filter(
    ({ name, origin }) => origin === "live" && /node-exporter-[a-z0-9]{5}$/.test(name),
  );
  const holder = exporters.find((pod) => (pod.statusText ?? pod.phase) === "Running");
  if (!holder) return [];
  const waiting = exporters.filter(
    (pod) =>
      (pod.statusText ?? pod.phase) === "Pending" &&
      (pod.ageSeconds ?? 0) >= 300 &&
      (releaseOf(pod) !== releaseOf(holder) || pod.namespace !== holder.namespace) &&
      (pod.node === undefined || holder.node === undefined || pod.node === holder.node),
  );
  const [first] = waiting;
  if (!first) return [];
  return [
    {
      subject: { kind: "pod", id: first.namespace ? `${first.namespace}/${first.name}` : first.name },
      says: `Pod ${first.name} stays Pending beside ${holder.name} of another release: both are node-exporters on the host network and want port 9100 of the same nodes`,
      proof: [first.at, holder.at],
      certainty: "likely",
      concerns: waiting.map(({ namespace, name }) => (namespace ? `${namespace}/${name}` : name)),
    },
  ];
}

function releaseOf({ name }: Pod): string {
  return name.replace(/-[a-z0-9]{5}$/, "");
}
