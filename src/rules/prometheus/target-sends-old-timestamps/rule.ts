// One exporter stamps its samples itself, and they are too old for the head.
import { clockMoved } from "../../clock-moved.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/target-sends-old-timestamps",
  title: "One target sends samples with its own timestamps that are too old, so they are dropped",
  why: "A third column in /metrics is a timestamp. Cloud metrics, batch sources and exporters in a wrong time zone send old ones; Prometheus rejects samples older than its head.",
  severity: "warning",
  component: "prometheus",
  layer: "ingestion",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: ["Error on ingesting samples that are too old or are too far into the future"],
  confirm: (hit, facts) => {
    const targets = new Set(
      hit.lines.map((line) => line.fields?.target ?? line.text.match(/target=(\S+)/)?.[1]),
    );
    const others = facts["text.lines"].some(
      (line) =>
        // the whole scrape is refused, or the clock was seen to move: that is this host's time
        /Appending scrape report failed|too far in the future|Append failed.{0,40}out of bounds/i.test(
          line.text,
        ) || clockMoved.test(line.text),
    );
    // one sample, once: a batch that was late, nothing that stays
    const dropped = hit.lines.map((line) => Number(/num_dropped=(\d+)/.exec(line.text)?.[1] ?? "2"));
    if (dropped.length === 1 && dropped[0] === 1) return { holds: false };
    return targets.size === 1 && !others ? { holds: true, certainty: "likely" } : { holds: false };
  },
  says: ({ line }) =>
    `Target ${line.fields?.target ?? "named in the log"} sends timestamps of its own that are too old; those samples are dropped`,
  rivals: [
    {
      rule: "prometheus/clock-stepped-back",
      tellApart: "with a wrong clock every target of every pool would be rejected",
    },
  ],
  decideWith: "curl -s TARGET/metrics | awk 'NF>2 && !/^#/' | head",
  references: [
    "https://github.com/prometheus/prometheus/issues/5554",
    "https://prometheus.io/docs/instrumenting/exposition_formats/",
  ],
  fix: () => ({
    summary:
      "Set tsdb.out_of_order_time_window (spec.tsdb.outOfOrderTimeWindow), or honor_timestamps: false for that job",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Choose one of the two in the scrape config of that job" }],
  }),
});
