// The receiver says: too much. Without retry the samples are gone.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/remote-write-rate-limited",
  title:
    "The remote write receiver rejects batches with 429 (rate or series limit of the tenant), and the samples are dropped",
  why: "Mimir, Cortex and AMP limit each tenant. 429 is not retried unless retry_on_http_429 is set, so every rejected batch is lost.",
  severity: "critical",
  component: "prometheus",
  layer: "limits",
  nature: "cause",
  effect: "no-data-out",
  from: ["prometheus", "alloy", "thanos"],
  texts: [
    "server returned HTTP status 429 Too Many Requests",
    "err-mimir-tenant-max-ingestion-rate",
    "err-mimir-max-series-per-user",
    "per-user series limit",
    "ingestion rate limit {detail*} exceeded",
  ],
  confirm: (hit) => ({
    holds:
      /remote|api\/v1\/push|receive|mimir|cortex|write/i.test(hit.line.text) && !/loki/i.test(hit.line.text),
  }),
  says: ({ line }) => {
    const limit = line.text.match(/set to (\d[\d.]*)/)?.[1];
    const url = line.fields?.url ?? line.text.match(/https?:\/\/[^\s"\\]+/)?.[0];
    const code = line.text.match(/err-mimir[\w-]+/)?.[0];
    return `${url ?? "The remote receiver"} answers 429 Too Many Requests${code ? ` (${code})` : ""}: the tenant's ingestion limit${limit ? ` of ${limit}` : ""} is exceeded, and samples are dropped`;
  },
  rivals: [
    {
      rule: "prometheus/remote-write-backlog",
      tellApart: "there the receiver is slow or down (5xx, time-outs) and batches are retried",
    },
  ],
  decideWith: "curl -s http://PROMETHEUS:9090/metrics | grep prometheus_remote_storage_samples_failed_total",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write",
    "https://grafana.com/docs/mimir/latest/manage/mimir-runbooks/",
  ],
  fix: () => ({
    summary:
      "Raise the tenant's ingestion limit or send less (write_relabel_configs); queue_config.retry_on_http_429: true keeps the data meanwhile",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "In remote_write", command: "queue_config: { retry_on_http_429: true }" },
    ],
  }),
});
