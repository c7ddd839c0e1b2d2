// Queries that are too wide for their limits.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/query-limits",
  title: "Queries exceed Prometheus' limits for samples or time",
  why: "--query.max-samples and --query.timeout protect the server. A query over too many series or too long a range is cut off; the answer names the limit.",
  severity: "warning",
  component: "prometheus",
  layer: "query",
  nature: "cause",
  effect: "no-answer",
  from: ["prometheus", "grafana", "thanos"],
  texts: [
    "query processing would load too many samples into memory",
    "query timed out in {stage*}",
    "expanding series: context deadline exceeded",
    "query timed out in expression evaluation",
  ],
  says: ({ line }) =>
    /too many samples/.test(line.text)
      ? "A query would load more samples than --query.max-samples allows"
      : "A query takes longer than --query.timeout allows",
  decideWith: "curl -s http://PROMETHEUS:9090/metrics | grep prometheus_engine_query",
  references: ["https://prometheus.io/docs/prometheus/latest/command-line/prometheus/"],
  fix: () => ({
    summary:
      "Use recording rules or a narrower query; raise --query.max-samples or --query.timeout only with memory to spare",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Find the query", command: "grep -a . DATA_DIRECTORY/queries.active | head" },
    ],
  }),
});
