// Somebody cordoned (or drained) a node and nobody gave it back: new pods stay Pending, and only the node list says why.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern, matchPattern } from "../../../model/pattern.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";

const cordoned = [
  "node/{node} cordoned",
  "node {node} cordoned",
  "node/{node} already cordoned",
  "node/{node} drained",
];
const uncordoned = ["node/{node} uncordoned", "node {node} uncordoned", "node/{node} already uncordoned"];
const disabled = ["{node} Ready,SchedulingDisabled", "{node} NotReady,SchedulingDisabled"];
const pending = ["node(s) were unschedulable", "node.kubernetes.io/unschedulable"];
const compiled = {
  cordoned: cordoned.map(compilePattern),
  uncordoned: uncordoned.map(compilePattern),
  disabled: disabled.map(compilePattern),
  pending: pending.map(compilePattern),
};

export const rule = defineRule({
  id: "kubernetes/node-left-cordoned",
  title: "A node was cordoned and never uncordoned, so nothing can be scheduled on it",
  why: "kubectl cordon and kubectl drain mark a node as unschedulable (Ready,SchedulingDisabled), and that survives reboots and wake-ups until somebody runs kubectl uncordon. Pods that were evicted stay Pending when no other node fits. A maintenance, sleep or upgrade script that ends without uncordon leaves the node out.",
  severity: "warning",
  component: "kubernetes",
  layer: "scheduling",
  nature: "cause",
  effect: "host-down",
  phase: "schedule",
  needs: [],
  needsAny: ["kubernetes.nodes", "text.lines"],
  uses: ["config.documents", "kubernetes.events"],
  texts: [...cordoned, ...uncordoned, ...disabled, ...pending],
  decideWith: "kubectl get nodes; kubectl uncordon NODE",
  references: ["https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/"],
  check(facts) {
    const state = new Map<string, { seen: Place & { excerpt?: string }; shown?: Place }>();
    for (const line of facts["text.lines"]) {
      const text = line.text.slice(0, 400);
      const find = (patterns: typeof compiled.cordoned) =>
        patterns
          .map((pattern) => matchPattern(pattern, text)?.groups?.node)
          .find((node) => node !== undefined);
      const given = find(compiled.uncordoned);
      if (given) {
        state.delete(given);
        continue;
      }
      const taken = find(compiled.cordoned);
      const at = { ...line.at, excerpt: line.text };
      if (taken && !state.has(taken)) state.set(taken, { seen: at });
      const shown = find(compiled.disabled);
      const known = shown ? state.get(shown) : undefined;
      if (shown && known) state.set(shown, { ...known, shown: at });
      else if (shown && !facts["kubernetes.nodes"].some(({ name }) => name === shown))
        state.set(shown, { seen: at, shown: at });
    }
    const isAskedFor =
      facts["text.lines"].some((line) =>
        compiled.pending.some((pattern) => matchPattern(pattern, line.text.slice(0, 2_000))),
      ) ||
      facts["kubernetes.events"].some(
        ({ message }) => /unschedulable/.test(message) && /node\(s\)|taint/.test(message),
      );
    for (const node of facts["kubernetes.nodes"]) {
      const known = state.get(node.name);
      const isDisabled = node.unschedulable ?? /SchedulingDisabled/.test(node.statusText ?? "");
      if (isDisabled) state.set(node.name, { seen: known?.seen ?? node.at, shown: node.at });
      else if (known && node.statusText !== undefined && !known.shown) state.delete(node.name);
    }
    const scripts = scriptsWithoutUncordon(facts["config.documents"]);
    return [...state].map(([node, { seen, shown }]): FindingDraft => {
      const wasSeen = seen !== shown;
      const script = scripts[0];
      return {
        subject: { kind: "node", id: node },
        says: `Node ${node} was cordoned and is still marked unschedulable${shown ? " (Ready,SchedulingDisabled)" : ""}: ${wasSeen || script ? "the script or run that drained it never runs kubectl uncordon" : "nothing in the evidence uncordons it"}`,
        proof: [seen, ...(shown && shown !== seen ? [shown] : []), ...(script ? [script] : [])],
        certainty: shown ? "proven" : "likely",
        severity: wasSeen || isAskedFor || script ? "warning" : "notice",
      };
    });
  },
  fix: (finding) => ({
    summary: `kubectl uncordon ${finding.subject.id}, and let the script that cordons it do so at its end (also when it fails: trap)`,
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Allow pods on the node again",
        command: `kubectl uncordon ${finding.subject.id}`,
      },
    ],
  }),
});

function scriptsWithoutUncordon(
  documents: readonly { kind: string; text: string; at: Place; startLine?: number }[],
): readonly Place[] {
  const scripts = documents.filter(({ kind }) => kind === "shell-script");
  if (scripts.some(({ text }) => /\buncordon\b/.test(text))) return [];
  return scripts.flatMap(({ text, at, startLine }) => {
    const line = text
      .split("\n")
      .findIndex((row) => /^[^#]{0,200}\bkubectl\b.{0,120}\b(?:cordon|drain)\b/.test(row));
    return line < 0 ? [] : [{ source: at.source, line: (startLine ?? 1) + line }];
  });
}
