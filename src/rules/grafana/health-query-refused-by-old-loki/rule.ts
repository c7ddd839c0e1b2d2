// Grafana's health check speaks a LogQL that old Lokis do not know.
import { isBefore } from "../../../stack/semver.ts";
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
    "vector(1)+vector(1){rest*}parse error",
    "vector%281%29%2Bvector%281%29{rest*}parse error",
    "vector%281%29%2Bvector%281%29{rest*}status=400",
    "vector%281%29%2Bvector%281%29{rest*}400 Bad Request",
  ],
  // the query also stands in the URL of requests that never arrived
  except: ["dial tcp", "no such host", "connection refused", "context deadline exceeded"],
  confirm(_hit, _facts, stack) {
    const loki = stack.components.find(({ kind, version }) => kind === "loki" && version !== undefined);
    const isOld = isBefore(loki?.version, "2.7.0");
    if (isOld === undefined) return {};
    return isOld && loki ? { holds: true, proof: [loki.versionAt ?? loki.at] } : { holds: false };
  },
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
