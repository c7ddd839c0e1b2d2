// Drained for maintenance and never given back: nothing is scheduled there.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { capture, matches } from "../../text-rule.ts";

const shut = ["node/{node} cordoned", 'node "{node}" cordoned', "node/{node} already cordoned"];
const open = ["node/{node} uncordoned", 'node "{node}" uncordoned'];
const blocked = ["node(s) were unschedulable", "node(s) were cordoned"];
const [shutPatterns, openPatterns, blockedPatterns] = [shut, open, blocked].map((texts) =>
  texts.map(compilePattern),
);

export const rule = defineRule({
  id: "kubernetes/node-cordoned",
  title: "A node is cordoned (SchedulingDisabled) and was not uncordoned, so pods cannot be scheduled there",
  why: "kubectl cordon and kubectl drain mark a node as unschedulable until kubectl uncordon. A script that fails half-way, or a forgotten maintenance, leaves it so: pods that may run only there (local volume, nodeSelector, single node) stay Pending.",
  severity: "critical",
  component: "kubernetes",
  layer: "scheduling",
  nature: "cause",
  effect: "none",
  needs: [],
  needsAny: ["kubernetes.nodes", "text.lines"],
  uses: ["kubernetes.pods"],
  texts: [...shut, ...open, ...blocked],
  explains: [
    { rule: "kubernetes/pod-pending", via: "anything", mechanism: "a cordoned node takes no new pods" },
    {
      rule: "kubernetes/untolerated-taint",
      via: "anything",
      mechanism: "a cordoned node has the taint node.kubernetes.io/unschedulable",
    },
    {
      rule: "kubernetes/service-without-endpoints",
      via: "anything",
      mechanism: "the pods behind the Service find no node",
    },
  ],
  decideWith: "kubectl get nodes; kubectl get pods -A --field-selector=status.phase=Pending",
  references: ["https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/"],
  check(facts) {
    const lines = facts["text.lines"];
    const refused = lines.findLast((line) => matches(blockedPatterns ?? [], line));
    const pending = facts["kubernetes.pods"].find(
      (pod) => pod.phase === "Pending" || pod.statusText === "Pending",
    );
    const matters = refused !== undefined || pending !== undefined;
    const findings = new Map<string, FindingDraft>();
    const add = (name: string, proof: FindingDraft["proof"]): void => {
      findings.set(name, {
        subject: { kind: "node", id: name },
        says: `Node ${name} is cordoned (SchedulingDisabled) and was never uncordoned${matters ? `: ${refused?.pod ?? pending?.name ?? "a pod"} finds no node` : ""}`,
        proof: [
          ...proof,
          ...(refused ? [{ ...refused.at, excerpt: refused.text }] : pending ? [pending.at] : []),
        ],
        certainty: matters ? "proven" : "likely",
        ...(matters ? {} : { severity: "notice" as const }),
      });
    };
    for (const node of facts["kubernetes.nodes"]) if (node.unschedulable) add(node.name, [node.at]);
    for (const line of lines) {
      if (!matches(shutPatterns ?? [], line) || matches(openPatterns ?? [], line)) continue;
      const name = capture(shutPatterns ?? [], line).node;
      if (!name || findings.has(name)) continue;
      const opened = lines.some((other) => matches(openPatterns ?? [], other) && other.text.includes(name));
      if (
        opened ||
        facts["kubernetes.nodes"].some((node) => node.name === name && node.unschedulable === false)
      )
        continue;
      add(name, [{ ...line.at, excerpt: line.text }]);
    }
    if (
      findings.size === 0 &&
      refused &&
      !/had untolerated taint \{node\.kubernetes\.io\/not-ready/.test(refused.text)
    ) {
      return [
        {
          subject: { kind: "cluster", id: "cluster" },
          says: `${refused.pod ? `Pod ${refused.pod}` : "A pod"} finds no node: node(s) were unschedulable, that is cordoned and not uncordoned`,
          proof: [{ ...refused.at, excerpt: refused.text }],
          certainty: "proven" as const,
        },
      ];
    }
    return [...findings.values()];
  },
  fix: (finding) => ({
    summary: `kubectl uncordon ${finding.subject.kind === "node" ? finding.subject.id : "NODE"}, when its maintenance is over`,
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Let pods be scheduled there again",
        command: `kubectl uncordon ${finding.subject.kind === "node" ? finding.subject.id : "NODE"}`,
      },
    ],
  }),
});
