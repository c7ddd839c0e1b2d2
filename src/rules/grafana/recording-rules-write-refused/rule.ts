// Recording rules of Grafana are evaluated, and nobody takes their samples.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/recording-rules-write-refused",
  title: "Grafana's recording rules cannot be written: the target refuses the remote write",
  why: "Grafana-managed recording rules write their results by remote write to the chosen data source or URL. The path depends on its type (Prometheus: /api/v1/write, with --web.enable-remote-write-receiver; Mimir: /api/v1/push): with another one the receiver answers 404 and the series never appears.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "none",
  phase: "run",
  from: "any",
  texts: [
    "expected HTTP {want#} status code: actual={got#}",
    "remote write failed: failed to write time series",
  ],
  confirm: ({ lines }) => ({
    holds:
      lines.some(({ text }) => /remote write|write time series|recording/i.test(text)) || lines.length > 1,
  }),
  says: ({ lines }) => {
    const got = lines.map(({ text }) => /actual=(\d+)/.exec(text)?.[1]).find(Boolean);
    return `The target of Grafana's recording rules refuses the remote write${got ? ` with ${got}` : ""}: ${got === "404" ? "the path is not the receiver's (Prometheus /api/v1/write, Mimir /api/v1/push; the data source's Prometheus type decides), or Prometheus runs without --web.enable-remote-write-receiver" : "look at its answer"}`;
  },
  decideWith: "curl -s -o /dev/null -w '%{http_code}\\n' -X POST http://PROMETHEUS:9090/api/v1/write",
  references: [
    "https://grafana.com/docs/grafana/latest/alerting/alerting-rules/create-recording-rules/create-grafana-managed-recording-rules/",
    "https://github.com/grafana/grafana/issues/108983",
  ],
  fix: () =>
    byHand(
      "Set the data source's Prometheus type to what it is (Prometheus, Mimir), or [recording_rules] url = http://PROMETHEUS:9090/api/v1/write, and start Prometheus with --web.enable-remote-write-receiver",
      "In the data source's settings or grafana.ini",
    ),
});
