// Two kube-state-metrics tell the same objects, and rules that join their series fail.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kube-state-metrics/told-twice",
  title:
    "Two kube-state-metrics are scraped, so every kube_… series exists twice and joins fail (many-to-many matching)",
  why: "kube-state-metrics tells about all objects of the cluster. A second replica without sharding, the same one under two jobs, or that of another chart gives each series again with another instance. Sums count double, and rules and panels that join end with found duplicate series for the match group.",
  severity: "warning",
  component: "kube-state-metrics",
  layer: "ingestion",
  nature: "cause",
  effect: "no-answer",
  phase: "run",
  from: "any",
  texts: ["found duplicate series for the match group"],
  looksFor: ['__name__="kube_', '__name__ = "kube_', 'instance="', 'instance = "'],
  confirm(hit, facts) {
    const texts = [
      hit.line.text,
      ...facts["text.lines"].filter(({ at }) => at.source === hit.line.at.source).map(({ text }) => text),
    ];
    const all = texts.map((text) => text.slice(0, 20_000)).join("\n");
    if (!/\bkube_\w+/.test(all)) return { holds: false };
    const instances = [
      ...new Set([...all.matchAll(/\binstance ?= ?\\*"([^"\\]+)/g)].map(([, found]) => found)),
    ];
    if (instances.length < 2) return { holds: false };
    return {
      holds: true,
      certainty: "likely",
      says: `kube-state-metrics is scraped at ${instances.slice(0, 3).join(" and ")}: each tells the same objects, so the series exist twice and the join fails (found duplicate series for the match group)`,
    };
  },
  says: () => "Several kube-state-metrics tell the same objects",
  decideWith: "kubectl get pods -A | grep kube-state-metrics; count by (job, instance) (kube_node_info)",
  references: [
    "https://github.com/kubernetes/kube-state-metrics#horizontal-sharding",
    "https://github.com/bitnami/charts/issues/5143",
  ],
  fix: () =>
    byHand(
      "Run one kube-state-metrics (replicas: 1, or real sharding with --shard and --total-shards), switch off that of the second chart, and scrape it in one job only",
      "In the values of the charts that bring it",
      "kubectl get deploy,statefulset -A | grep kube-state-metrics",
    ),
});
