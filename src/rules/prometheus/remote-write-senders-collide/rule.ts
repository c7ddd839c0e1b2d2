// Two senders write one series, and the receiver takes only the first.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/remote-write-senders-collide",
  title:
    "The remote write receiver refuses samples as duplicates: several senders write the same series (no replica label, no deduplication)",
  why: "Replicas and shards that scrape the same targets send the same series with other values for the same time. A Prometheus as receiver does not deduplicate, and where the replica's external label is cleared Mimir, Cortex and Thanos cannot either: the later sample is refused with 400 and the whole request is dropped.",
  severity: "warning",
  component: "prometheus",
  layer: "ingestion",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  from: "any",
  texts: [
    "server returned HTTP status 400 Bad Request: duplicate sample for timestamp",
    "server returned HTTP status 400 Bad Request: out of order sample",
    "err-mimir-sample-duplicate-timestamp",
  ],
  unconfirmed: "likely",
  confirm: () => ({}),
  says: ({ line }) =>
    `${/url=(\S+)/.exec(line.text)?.[1] ?? "The receiver"} refuses samples (400 ${/out of order/.test(line.text) ? "out of order sample" : "duplicate sample for timestamp"}): several senders write the same series; each replica needs an external label of its own (replicaExternalLabelName) or the receiver has to deduplicate`,
  rivals: [
    {
      rule: "prometheus/duplicate-targets",
      tellApart: "there the sender itself warns of duplicates when it scrapes",
    },
  ],
  decideWith:
    "count by (__name__, job, instance) (up) > 1; grep -A5 external_labels prometheus.yml   # on each sender",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/5691",
    "https://grafana.com/docs/mimir/latest/configure/configure-high-availability-deduplication/",
  ],
  fix: () =>
    byHand(
      "Give each sender an external label of its own (external_labels: replica: NAME; do not set replicaExternalLabelNameClear), or let the receiver deduplicate (Mimir: accept_ha_samples with cluster and __replica__), or let one replica send",
      "In the senders' configuration",
      undefined,
      "disruptive",
    ),
});
