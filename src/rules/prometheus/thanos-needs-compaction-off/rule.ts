// Two compactors on one set of blocks: Prometheus' own and Thanos'.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/thanos-needs-compaction-off",
  title:
    "The Thanos sidecar uploads blocks while Prometheus still compacts them itself (min and max block duration differ), so the sidecar ends",
  why: "A sidecar with an object store ships two-hour blocks, which Thanos' compactor merges later. Blocks that Prometheus merges first would be shipped twice, in two shapes. The sidecar compares --storage.tsdb.min-block-duration and max-block-duration at start and refuses when they differ.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "config",
  from: "any",
  texts: ["Compaction needs to be disabled (storage.tsdb.min-block-duration"],
  says: ({ line }) => {
    const [, max, min] = /TSDB Max time is (\S{1,20}) and Min time is (\S{1,20})/.exec(line.text) ?? [];
    return `Prometheus compacts its blocks itself (${max && min ? `max-block-duration ${max}, min-block-duration ${min.replace(/\.$/, "")}` : "its block durations differ"}) while the Thanos sidecar uploads them: local compaction must be off (disableCompaction: true)`;
  },
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/status/flags | grep block-duration",
  references: ["https://thanos.io/tip/components/sidecar.md/"],
  fix: () =>
    byHand(
      "Set --storage.tsdb.min-block-duration=2h and --storage.tsdb.max-block-duration=2h (Operator and charts: prometheusSpec.disableCompaction: true), then restart Prometheus",
      "In the arguments of Prometheus, or prometheus.prometheusSpec.disableCompaction: true",
    ),
});
