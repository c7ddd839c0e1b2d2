// kube-proxy or the CNI's agent does not run on a node: Services and pods of other nodes are out of reach from there.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Pod } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";
import { crashing, isReady, podName } from "../../pod-state.ts";

const proxy = /^kube-proxy-[a-z0-9]{5}$/;
const cni =
  /^(?:kube-flannel(?:-ds)?(?:-amd64|-arm64)?|calico-node|canal|cilium|weave-net|kube-router|antrea-agent|kindnet|aws-node)-[a-z0-9]{5}$/;

const texts = [
  "dial tcp {address}:443: i/o timeout",
  "dial tcp {address}:443: connect: no route to host",
  "on {server}:53: read udp {from}: i/o timeout",
  "failed to set up sandbox container{rest*}network",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/node-network-agent-down",
  title:
    "kube-proxy or the CNI's agent does not run on a node, so Services are out of reach for the pods there",
  why: "kube-proxy writes the rules that turn a Service's address into a pod's, the CNI's agent the routes between nodes. Where one of them crashes, pods of that node get no answer from the API server's Service IP, from CoreDNS or from any ClusterIP, while pods of other nodes are well. After a reboot nothing of the rules is left.",
  severity: "critical",
  component: "kubernetes",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  needs: ["kubernetes.pods"],
  uses: ["text.lines"],
  texts,
  explains: [
    {
      rule: "kubernetes/api-server-unreachable",
      via: "anything",
      mechanism: "the node's agent does not program the Service's address",
    },
  ],
  rivals: [
    {
      rule: "kubernetes/api-server-unreachable",
      tellApart:
        "with healthy agents on the node it is a policy, an overlapping pod network or the API server itself",
    },
    {
      rule: "kubernetes/cni-plugin-missing",
      tellApart: "there pods stay in ContainerCreating on a node that is NotReady",
    },
  ],
  decideWith:
    "kubectl -n kube-system get pods -o wide | grep -E 'kube-proxy|flannel|calico|cilium'; kubectl -n kube-system logs POD --previous",
  references: [
    "https://kubernetes.io/docs/reference/networking/virtual-ips/",
    "https://github.com/flannel-io/flannel/issues/1321",
  ],
  check({ "kubernetes.pods": pods, "text.lines": lines }) {
    const told = (lines ?? []).filter((line) => matches(patterns, line));
    return pods.flatMap((pod): FindingDraft[] => {
      const part = proxy.test(pod.name) ? "kube-proxy" : cni.test(pod.name) ? "the CNI's agent" : undefined;
      const fault = part && pod.origin === "live" && !isReady(pod) ? crashing(pod) : undefined;
      const lost = told.find((line) => isOf(line.pod, pod, pods));
      // Without anybody who suffers, the table shows a crashing pod and no more.
      if (!part || !fault || !lost) return [];
      const where = pod.node ? ` on node ${pod.node}` : "";
      return [
        {
          subject: { kind: "object", id: podName(pod) },
          says: `${part} does not run${where} (pod ${podName(pod)}: ${fault.because}): Service addresses are not translated there, so pods of that node reach neither the API server's Service IP nor CoreDNS`,
          proof: [fault.at, { ...lost.at, excerpt: lost.text }],
          certainty: "proven",
        },
      ];
    });
  },
  fix: () =>
    byHand(
      "Read why it ends (kubectl -n kube-system logs POD --previous: often a missing kernel module, a conntrack limit it may not set, nftables and iptables-legacy mixed, or a stale kubeconfig), mend that, then delete the pod so that the rules are written again",
      "On the node",
      "kubectl -n kube-system logs POD --previous",
    ),
});

/** The line's pod runs on the agent's node, or nobody knows where it runs. */
function isOf(name: string | undefined, agent: Pod, pods: readonly Pod[]): boolean {
  const node = pods.find((pod) => pod.name === name && pod.origin === "live")?.node;
  return node === undefined || agent.node === undefined || node === agent.node;
}
