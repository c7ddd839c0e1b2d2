// The agent gave a batch up: what it held is lost.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "promtail/batches-dropped",
  title: "The log agent drops batches that Loki has refused",
  why: "Only 429, 5xx and connection errors are retried (10 tries with growing pauses up to 5 minutes); any other 4xx is dropped at once. final error sending batch means that these lines are lost; the status and the text behind it name the cause.",
  severity: "notice",
  component: "promtail",
  layer: "delivery",
  nature: "symptom",
  effect: "no-data-out",
  from: ["promtail", "alloy"],
  texts: ["final error sending batch"],
  uses: [],
  explainedBy: [
    {
      effect: "no-data-in",
      via: "anything",
      mechanism: "Loki refuses the entries, and a 4xx is not retried",
    },
    { effect: "down", via: "client-of", mechanism: "Loki is not running" },
    { effect: "not-ready", via: "client-of" },
    { effect: "unreachable", via: "client-of" },
    { effect: "no-data-out", via: "same-component" },
  ],
  says: ({ line, lines }) => {
    const status = /status=(\d{3})/.exec(line.text)?.[1] ?? line.fields?.status;
    const count = lines.reduce((sum, entry) => sum + (entry.count ?? 1), 0);
    return `${count} batch${count > 1 ? "es were" : " was"} given up${status && status !== "-1" ? ` after HTTP ${status}` : ""}: these log lines are lost`;
  },
  decideWith: "curl -s http://AGENT/metrics | grep -E '(promtail|loki_write)_dropped_entries_total'",
  references: [
    "https://grafana.com/docs/alloy/latest/reference/components/loki/loki.write/",
    "https://github.com/grafana/loki/blob/main/clients/pkg/promtail/client/client.go",
  ],
});
