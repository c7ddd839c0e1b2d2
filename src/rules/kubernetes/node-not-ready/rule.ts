// A node the control plane has lost: its pods are neither there nor replaced.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import type { Node } from "../../../model/kubernetes.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import type { Stack } from "../../../model/stack.ts";
import { capture, matches } from "../../line-match.ts";

const texts = [
  "Node {node} status is now: NodeNotReady",
  "node {node} is NotReady",
  "node {node} was NotReady",
  "node {node} is not ready",
  "{node} is NotReady",
  "PLEG is not healthy",
];
const back = ["Node {node} status is now: NodeReady", "node {node} is Ready again"];
const pattern = texts.map(compilePattern);
const backPattern = back.map(compilePattern);

export const rule = defineRule({
  id: "kubernetes/node-not-ready",
  title: "A node of the cluster is NotReady (the kubelet does not report), so its pods are lost",
  why: "When the kubelet stops reporting (machine off, kubelet or container runtime down, network cut), the node becomes NotReady and its pods Unknown or Terminating. A StatefulSet's pod is not replaced and its volume not detached until the node is surely gone: what ran there stays down.",
  severity: "critical",
  component: "kubernetes",
  layer: "node",
  nature: "cause",
  effect: "host-down",
  needs: [],
  needsAny: ["kubernetes.nodes", "text.lines", "kubernetes.events"],
  uses: ["kubernetes.pods"],
  texts: [...texts, ...back, "Multi-Attach error for volume"],
  explains: [
    {
      rule: "kubernetes/volume-still-attached",
      via: "anything",
      mechanism: "the volume stays attached to the lost node",
    },
    {
      rule: "kubernetes/untolerated-taint",
      via: "anything",
      mechanism: "a node that is NotReady is tainted, so that nothing is scheduled there",
    },
    {
      rule: "kubernetes/service-without-endpoints",
      via: "anything",
      mechanism: "pods of a lost node are no endpoints",
    },
  ],
  decideWith: "kubectl describe node NODE; on the node: systemctl status kubelet containerd",
  references: [
    "https://kubernetes.io/docs/concepts/architecture/nodes/#condition",
    "https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#non-graceful-node-shutdown",
  ],
  check(facts, stack) {
    const found = new Map<string, FindingDraft>();
    for (const node of facts["kubernetes.nodes"]) {
      if (node.ready === false) found.set(node.name, fromNode(node, facts, stack));
    }
    // A storage driver means its own part of the node: Kubernetes' node may be Ready.
    const lines = facts["text.lines"].filter(
      (line) => matches(pattern, line) && !/(?:attach|Longhorn|CSI|csi|rpc error)/.test(line.text),
    );
    const recovered = facts["text.lines"].filter((line) => matches(backPattern, line));
    for (const line of lines) {
      const name = capture(pattern, line).node?.replace(/[",.]/g, "");
      if (
        !name ||
        name.length < 2 ||
        found.has(name) ||
        /^(a|one|the|its?|this|that|node|which)$/i.test(name)
      )
        continue;
      const known = facts["kubernetes.nodes"].find((node) => node.name === name);
      if (
        known?.ready ||
        recovered.some(
          (other) =>
            other.text.includes(name) && (other.timeMs ?? other.index) >= (line.timeMs ?? line.index),
        )
      )
        continue;
      found.set(name, {
        subject: { kind: "node", id: name },
        says: `Node ${name} is NotReady${suffix(name, facts)}`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: line.stream === "note" ? "likely" : "proven",
      });
    }
    return [...found.values()];
  },
  fix: (finding) => ({
    summary:
      "Bring the node back (power, network, kubelet, container runtime); if it is surely off for good, taint it node.kubernetes.io/out-of-service=nodeshutdown:NoExecute or delete the Node object so that volumes are detached",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: `Look at node ${finding.subject.id}`,
        host: finding.subject.id,
        command: "systemctl status kubelet containerd; journalctl -u kubelet -n 100 --no-pager",
      },
    ],
  }),
});

function fromNode(
  node: Node,
  facts: Pick<Facts, "kubernetes.pods" | "text.lines">,
  stack: Stack,
): FindingDraft {
  const condition = node.conditions?.find((entry) => entry.type === "Ready");
  const here = facts["kubernetes.pods"].filter((pod) => pod.node === node.name);
  const stuck = here.filter((pod) => pod.deleting || pod.statusText === "Terminating");
  const why = condition?.message ?? condition?.reason;
  const proof: ProofDraft[] = [
    node.at,
    ...(condition ? [condition.at] : []),
    ...stuck.slice(0, 2).map((pod) => pod.at),
  ];
  const ours = stack.components.filter(
    (component) => component.host === node.name || component.pods.some((pod) => pod.node === node.name),
  );
  return {
    subject: { kind: "node", id: node.name },
    says: `Node ${node.name} is NotReady${why ? ` (${why.slice(0, 160)})` : ""}${stuck.length > 0 ? `; pods stuck Terminating there: ${stuck.map((pod) => pod.name).join(", ")}` : ""}${suffix(node.name, facts)}`,
    proof,
    certainty: "proven",
    concerns: ours.map((component) => component.id),
  };
}

function suffix(name: string, facts: Pick<Facts, "text.lines">): string {
  const attach = facts["text.lines"].some((line) => /Multi-Attach error/.test(line.text));
  return attach
    ? `; the volume of a pod is still attached to ${name}, so its replacement waits (Multi-Attach)`
    : "";
}
