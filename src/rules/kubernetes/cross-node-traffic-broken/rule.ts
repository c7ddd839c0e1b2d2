// What runs on Prometheus' own node is up, everything on other nodes times out.
import type { ScrapeTarget } from "../../../model/api.ts";
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { parseAddress } from "../../../stack/resolve.ts";
import { matches } from "../../line-match.ts";

const notes = [
  "only targets on the same node",
  "only the targets on the same node",
  "targets on other nodes",
  "pods on other nodes",
  "pods on different nodes",
  "pods across nodes",
  "cross-node",
];
const patterns = notes.map(compilePattern);
const cut = /deadline exceeded|i\/o timeout|no route to host|Client\.Timeout/;

export const rule = defineRule({
  id: "kubernetes/cross-node-traffic-broken",
  title: "Pods cannot reach other nodes: only targets on Prometheus' own node are up",
  why: "Traffic between pods of different nodes goes through the overlay (VXLAN, IP-in-IP, WireGuard) or through routes of the CNI. When a cloud firewall drops UDP 8472 or 4789 (or protocol 4), the MTU is wrong or the CNI runs in another mode, everything on other nodes times out, and what is on the same node works.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  needs: [],
  needsAny: ["prometheus.targets", "text.lines"],
  uses: ["kubernetes.pods", "kubernetes.nodes"],
  texts: [...notes, "i/o timeout", "context deadline exceeded"],
  rivals: [
    {
      rule: "kubernetes/network-policy-blocks-client",
      tellApart: "there the targets of one namespace are cut off, on every node",
    },
  ],
  decideWith:
    "from a pod on one node: ping and curl the IP of a pod on another; kubectl -n kube-system logs of the CNI's DaemonSet",
  references: [
    "https://github.com/prometheus-operator/kube-prometheus/issues/232",
    "https://github.com/prometheus-operator/kube-prometheus/issues/306",
  ],
  check(facts, stack) {
    const prometheus = stack.components.find(
      (component) => component.kind === "prometheus" && component.pods.some((pod) => pod.node),
    );
    const home = prometheus?.pods.find((pod) => pod.node)?.node;
    const targets = facts["prometheus.targets"].filter((target) => !target.dropped);
    const placed = targets.flatMap((target) => {
      const node = nodeOf(target, facts);
      return node ? [{ target, node }] : [];
    });
    const away = placed.filter((entry) => entry.node !== home);
    const near = placed.filter((entry) => entry.node === home);
    const dead = away.filter(({ target }) => target.health === "down" && cut.test(target.lastError ?? ""));
    if (
      home &&
      away.length >= 2 &&
      dead.length === away.length &&
      near.some(({ target }) => target.health === "up")
    ) {
      const nodes = [...new Set(dead.map((entry) => entry.node))];
      const [first] = dead;
      const finding: FindingDraft = {
        subject: { kind: "cluster", id: "pod network" },
        says: `All ${dead.length} targets on ${nodes.join(", ")} time out, those on Prometheus' own node ${home} are up: traffic between nodes is broken (CNI, overlay port UDP 8472/4789, MTU or a firewall)`,
        proof: [
          ...(first ? [first.target.errorAt ?? first.target.at] : []),
          ...(near[0] ? [near[0].target.at] : []),
          ...(prometheus ? [prometheus.pods[0]?.at ?? prometheus.at] : []),
        ],
        certainty: "proven",
      };
      return [finding];
    }
    const said = facts["text.lines"].find(
      (line) =>
        line.stream === "note" &&
        matches(patterns, line) &&
        /\b(up|time|cannot|can't|unreachable|fail|down|not reach|only|work)/i.test(line.text),
    );
    const timeout =
      facts["text.lines"].find((line) => line.stream !== "note" && cut.test(line.text)) ?? undefined;
    const down = targets.find((target) => target.health === "down" && cut.test(target.lastError ?? ""));
    if (!said || (!timeout && !down)) return [];
    const finding: FindingDraft = {
      subject: { kind: "cluster", id: "pod network" },
      says: "Targets on other nodes time out while those on Prometheus' own node are up: traffic between nodes is broken (CNI, overlay port UDP 8472/4789, MTU or a firewall)",
      proof: [
        { ...said.at, excerpt: said.text },
        ...(timeout ? [{ ...timeout.at, excerpt: timeout.text }] : down ? [down.at] : []),
      ],
      certainty: "likely",
    };
    return [finding];
  },
  fix: () => ({
    summary:
      "Open the overlay between the nodes (flannel VXLAN UDP 8472, Calico VXLAN UDP 4789 or IP-in-IP protocol 4, Cilium UDP 8472) and repair the CNI's DaemonSet and MTU",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Look at the CNI's pods and at the firewall between the nodes",
        command: "kubectl -n kube-system get pods -o wide | grep -E 'flannel|calico|cilium|weave|canal'",
      },
    ],
  }),
});

function nodeOf(
  target: ScrapeTarget,
  facts: Pick<Facts, "kubernetes.pods" | "kubernetes.nodes">,
): string | undefined {
  const named = target.labels.node ?? target.discoveredLabels?.__meta_kubernetes_pod_node_name;
  const host = parseAddress(target.scrapeUrl ?? target.instance ?? "")?.host;
  return (
    named ??
    facts["kubernetes.nodes"].find((node) => node.internalIP === host || node.name === host)?.name ??
    facts["kubernetes.pods"].find((pod) => pod.ip === host)?.node
  );
}
