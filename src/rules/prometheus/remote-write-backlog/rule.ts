// The receiver cannot take the rate, or is down.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/remote-write-backlog",
  title: "The remote write receiver is slow or down: batches are retried and a backlog grows",
  why: "Prometheus retries 5xx and network errors from the WAL, which it keeps for about two hours. When the receiver cannot take the rate, shards grow to their maximum and samples are lost in the end.",
  severity: "warning",
  component: "prometheus",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  from: ["prometheus"],
  atLeast: 2,
  texts: [
    "Failed to send batch, retrying",
    "failed to send batch, retrying",
    "Currently resharding, skipping",
    "Failed to flush all samples on shutdown",
    "Remote storage resharding…to={shards#}",
  ],
  except: ["429 Too Many Requests"],
  unconfirmed: "likely",
  confirm: (hit) => ({
    ...(hit.lines.some((line) => /retrying|Failed to flush/i.test(line.text)) ? {} : { holds: false }),
  }),
  says: ({ line }) =>
    `Batches to ${line.fields?.url ?? "the remote receiver"} fail and are retried${line.fields?.err ? `: ${line.fields.err.slice(0, 160)}` : ""}`,
  rivals: [
    {
      rule: "prometheus/remote-write-rate-limited",
      tellApart: "429 is a limit and is not retried by default",
    },
  ],
  decideWith:
    "curl -s http://PROMETHEUS:9090/metrics | grep -E 'remote_storage_(shards|samples_pending|highest_timestamp)'",
  references: ["https://prometheus.io/docs/practices/remote_write/"],
  fix: () => ({
    summary: "Repair the receiver; then tune max_shards, capacity and max_samples_per_send",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Look at the receiver first", command: "curl -v --max-time 5 RECEIVER_URL" },
    ],
  }),
});
