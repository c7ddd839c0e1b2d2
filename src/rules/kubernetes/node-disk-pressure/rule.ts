// The node's own disk is nearly full: it evicts pods and takes no new ones.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "status is now: NodeHasDiskPressure",
  "untolerated taint {node.kubernetes.io/disk-pressure",
  "had taint {node.kubernetes.io/disk-pressure",
  "node had condition: [DiskPressure]",
  "failed to garbage collect required amount of images",
  "Attempting to reclaim ephemeral-storage",
  "(combined from similar events): failed to garbage collect required amount",
];
const patterns = texts.map((text) =>
  compilePattern(text.replaceAll("{node.kubernetes.io", "…node.kubernetes.io")),
);
const over = compilePattern("status is now: NodeHasNoDiskPressure");

export const rule = defineRule({
  id: "kubernetes/node-disk-pressure",
  title:
    "A node is under DiskPressure: its disk is nearly full, so pods are evicted and none is scheduled there",
  why: "Below its eviction threshold (by default 10 % of the node's file system, 15 % of the image file system) the kubelet sets DiskPressure, taints the node, deletes images and evicts pods. The metrics and logs themselves, in an emptyDir or hostPath, are often what fills the disk.",
  severity: "critical",
  component: "kubernetes",
  layer: "node",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["kubernetes.nodes", "text.lines"],
  uses: ["host.disks"],
  texts: [
    ...texts.map((text) => text.replaceAll("{node.kubernetes.io", "…node.kubernetes.io")),
    "status is now: NodeHasNoDiskPressure",
  ],
  explains: [
    {
      rule: "kubernetes/pod-evicted",
      via: "anything",
      mechanism: "under DiskPressure the kubelet evicts pods",
    },
    {
      rule: "kubernetes/pod-pending",
      via: "anything",
      mechanism: "a node under DiskPressure is tainted and takes no new pods",
    },
    {
      rule: "kubernetes/untolerated-taint",
      via: "anything",
      mechanism: "a node under DiskPressure has the taint node.kubernetes.io/disk-pressure",
    },
  ],
  decideWith: "kubectl describe node NODE; on the node: df -h /var/lib/kubelet /var/lib/containerd",
  references: ["https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/"],
  check(facts) {
    const findings: FindingDraft[] = [];
    for (const node of facts["kubernetes.nodes"]) {
      const condition = node.conditions?.find(
        (entry) => entry.type === "DiskPressure" && entry.status === "True",
      );
      const taint = node.taints?.some((entry) => entry.key === "node.kubernetes.io/disk-pressure");
      if (!condition && !taint) continue;
      findings.push({
        subject: { kind: "node", id: node.name },
        says: `Node ${node.name} is under DiskPressure${condition?.message ? ` (${condition.message})` : ""}: its disk is nearly full, pods are evicted and none is scheduled there`,
        proof: [condition?.at ?? node.at],
        certainty: "proven",
      });
    }
    if (findings.length > 0) return findings;
    const line = facts["text.lines"].findLast((entry) => matches(patterns, entry));
    if (!line) return [];
    const later = facts["text.lines"].some(
      (entry) => matches([over], entry) && (entry.timeMs ?? entry.index) > (line.timeMs ?? line.index),
    );
    if (later) return [];
    const name = line.text.match(/Node (\S+) status is now/)?.[1];
    return [
      {
        subject: name ? { kind: "node", id: name } : { kind: "cluster", id: "cluster" },
        says: `${name ? `Node ${name}` : "A node"} is under DiskPressure: its disk is nearly full (${line.text.slice(0, 140)})`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: /garbage collect|reclaim/.test(line.text) ? "likely" : "proven",
      },
    ];
  },
  fix: () => ({
    summary:
      "Free the node's disk (unused images, old logs, what lies in emptyDir and hostPath volumes), then give the data a PersistentVolume and a size limit (retention.size)",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See what fills the node",
        command: "df -h; sudo du -xh --max-depth=2 /var/lib | sort -h | tail -20; crictl rmi --prune",
      },
    ],
  }),
});
