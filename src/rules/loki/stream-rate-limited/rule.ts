// One stream carries a very chatty source.
import { lokiFix } from "../../loki-fix.ts";
import { limitOf, streamOf } from "../../loki-limits.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/stream-rate-limited",
  title: "Loki refuses pushes: the rate limit of a single stream is exceeded",
  why: "Each stream (one set of labels) may carry per_stream_rate_limit (default 3MB/sec) with bursts of per_stream_rate_limit_burst (15MB). A chatty source under one label set gets 429 and loses lines; the rest of the tenant is fine.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "per stream rate limit exceeded (limit: {limit})",
    "per stream rate limit exceeded",
    "stream rate limit exceeded",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const limit = limitOf(lokiSettings(facts, stack, hit.component), "per_stream_rate_limit");
    return { holds: true, ...(limit ? { proof: [limit.at] } : {}) };
  },
  says: ({ captures, line }) => {
    const stream = streamOf(line.text);
    return `Stream ${stream ?? "of one label set"} exceeds per_stream_rate_limit (${captures.limit?.replace(/\)$/, "") ?? "3MB/sec by default"}): split it by one bounded label, or raise limits_config.per_stream_rate_limit and per_stream_rate_limit_burst`;
  },
  rivals: [{ rule: "loki/ingestion-rate-limited", tellApart: "there the whole tenant is over its rate" }],
  decideWith: "sum by (reason) (rate(loki_discarded_samples_total[5m]))",
  references: [
    "https://github.com/grafana/loki/issues/4204",
    "https://github.com/grafana/loki/blob/main/pkg/validation/validate.go",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Split the stream by one bounded label in the agent, or set limits_config.per_stream_rate_limit: 5MB and per_stream_rate_limit_burst: 20MB",
      [
        { path: ["limits_config", "per_stream_rate_limit"], value: "5MB" },
        { path: ["limits_config", "per_stream_rate_limit_burst"], value: "20MB" },
      ],
    ),
});
