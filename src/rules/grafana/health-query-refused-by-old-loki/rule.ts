// Grafana's health check speaks a LogQL that old Lokis do not know.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/health-query-refused-by-old-loki",
  title:
    "Grafana is newer than Loki: its health check query is not understood, so the data source test fails",
  why: "Since 9.5 Grafana tests a Loki data source with `vector(1)+vector(1)`. Loki before 2.7 cannot parse it and answers 400, although queries of logs work.",
  severity: "warning",
  component: "grafana",
  layer: "version",
  nature: "cause",
  effect: "no-answer",
  from: ["grafana", "loki"],
  texts: [
    "parse error at line 1, col 1: syntax error: unexpected IDENTIFIER",
    "vector(1)+vector(1)",
    "vector%281%29%2Bvector%281%29",
  ],
  says: () =>
    "Loki refuses Grafana's health query (vector(1)+vector(1)): this Loki is older than 2.7, Grafana is 9.5 or newer",
  decideWith: "curl -s http://LOKI:3100/loki/api/v1/status/buildinfo",
  references: ["https://github.com/grafana/grafana/issues/69687"],
  fix: () => ({
    summary: "Upgrade Loki to 2.7 or newer",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "See the version",
        command: "curl -s http://LOKI:3100/loki/api/v1/status/buildinfo",
      },
    ],
  }),
});
