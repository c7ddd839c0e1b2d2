// Drained for maintenance and never given back: nothing is scheduled there.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { capture, matches } from "../../line-match.ts";

const shut = ["node/{node} cordoned", 'node "{node}" cordoned', "node/{node} already cordoned"];
const open = ["node/{node} uncordoned", 'node "{node}" uncordoned'];
const blocked = ["node(s) were unschedulable", "node(s) were cordoned"];
/** A row of the node list that stands in the output of something else. */
const shown = ["{node} Ready,SchedulingDisabled", "{node} NotReady,SchedulingDisabled"];
const shownPatterns = shown.map(compilePattern);
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
  uses: ["kubernetes.pods", "config.documents"],
  texts: [...shut, ...open, ...blocked, ...shown],
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
    const script = scriptWithoutUncordon(facts["config.documents"]);
    const add = (name: string, proof: FindingDraft["proof"]): void => {
      const run = lines.find(
        (line) => matches(shutPatterns ?? [], line) && capture(shutPatterns ?? [], line).node === name,
      );
      const row = lines.findLast(
        (line) => matches(shownPatterns, line) && capture(shownPatterns, line).node === name,
      );
      const isStill =
        row !== undefined ||
        facts["kubernetes.nodes"].some((node) => node.name === name && node.unschedulable === true);
      // Seen at both ends: taken out by a run, and still out behind it.
      const left = isStill && (run !== undefined || script !== undefined);
      const by = left ? "; the script or run that drained it ended without kubectl uncordon" : "";
      findings.set(name, {
        subject: { kind: "node", id: name },
        says: `Node ${name} is cordoned (SchedulingDisabled) and was never uncordoned${matters ? `: ${refused?.pod ?? pending?.name ?? "a pod"} finds no node` : ""}${by}`,
        proof: [
          ...proof,
          ...(left && run ? [{ ...run.at, excerpt: run.text }] : []),
          ...(left && row ? [{ ...row.at, excerpt: row.text }] : []),
          ...(left && script ? [script] : []),
          ...(refused ? [{ ...refused.at, excerpt: refused.text }] : pending ? [pending.at] : []),
        ],
        certainty: matters || isStill ? "proven" : "likely",
        ...(matters ? {} : { severity: left ? ("warning" as const) : ("notice" as const) }),
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

/** Where a script drains nodes that no script gives back. */
function scriptWithoutUncordon(documents: readonly ConfigDocument[]): Place | undefined {
  const scripts = documents.filter(({ kind }) => kind === "shell-script");
  if (scripts.some(({ text }) => /\buncordon\b/.test(text))) return undefined;
  for (const { text, at, startLine } of scripts) {
    const line = text
      .split("\n")
      .findIndex((row) => /^[^#]{0,200}\bkubectl\b.{0,120}\b(?:cordon|drain)\b/.test(row));
    if (line >= 0) return { source: at.source, line: (startLine ?? 1) + line };
  }
  return undefined;
}
