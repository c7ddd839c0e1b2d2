// The chart looks for CoreDNS on 9153; this cluster runs kube-dns.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "coredns/metrics-port-of-kube-dns",
  title:
    "The coredns job scrapes port 9153, but this cluster runs kube-dns, which serves metrics on 10054 and 10055",
  why: "GKE and older clusters run kube-dns (dnsmasq and a sidecar) under the same label k8s-app=kube-dns. Port 9153 of CoreDNS does not exist there, so the targets are refused and CoreDNSDown fires although DNS works.",
  severity: "warning",
  component: "coredns",
  layer: "discovery",
  nature: "cause",
  effect: "no-data-in",
  from: "any",
  texts: [
    "dial tcp {ip}:9153: connect: connection refused",
    "dial tcp {ip}:9153: getsockopt: connection refused",
  ],
  uses: ["kubernetes.pods", "kubernetes.nodes"],
  confirm: (_hit, facts) => {
    const pod = facts["kubernetes.pods"].find((entry) => /^kube-dns-/.test(entry.name));
    const node = facts["kubernetes.nodes"].find((entry) => /-gke\./.test(entry.version ?? ""));
    const core = facts["kubernetes.pods"].find((entry) => /^coredns-/.test(entry.name));
    if (core) return { holds: false };
    if (pod) return { holds: true, proof: [pod.at] };
    if (node) return { holds: true, proof: [node.at], certainty: "likely" };
    const said = facts["text.lines"].find(
      (line) => line.stream === "note" && /\bGKE\b|kube-dns/.test(line.text),
    );
    return said ? { holds: true, certainty: "likely", proof: [{ ...said.at, excerpt: said.text }] } : {};
  },
  unconfirmed: "possible",
  says: ({ captures }) =>
    `Port 9153 of ${captures.ip} is refused: the DNS pods are kube-dns, whose metrics are on 10054 (kubedns) and 10055 (dnsmasq), not CoreDNS`,
  decideWith:
    "kubectl -n kube-system get pods -l k8s-app=kube-dns -o jsonpath='{.items[0].spec.containers[*].ports}'",
  references: ["https://github.com/helm/charts/issues/13302"],
  fix: () => ({
    summary:
      "Set coreDns.enabled=false and kubeDns.enabled=true in the chart (or coreDns.service.port and targetPort 10054 with selector k8s-app: kube-dns)",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Switch the chart from coreDns to kubeDns and upgrade" }],
  }),
});
