// Loki answers and holds nothing.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/no-labels-received",
  title: "Grafana reaches Loki, but Loki has no labels: no agent has delivered any logs",
  why: "The connection works; the list of labels is empty. Either no agent pushes (or not to this tenant), or the data source's URL has no scheme.",
  severity: "warning",
  component: "grafana",
  layer: "delivery",
  nature: "symptom",
  effect: "no-answer",
  from: "any",
  texts: ["Data source connected, but no labels received"],
  explainedBy: [
    { effect: "no-data-out", via: "anything", mechanism: "the log agent cannot deliver" },
    { effect: "no-data-in", via: "anything", mechanism: "nothing is collected or accepted" },
    { effect: "down", via: "anything", mechanism: "a part of the log path does not run" },
  ],
  says: () => "Loki answers with an empty list of labels: nothing has been pushed to it (or to this tenant)",
  decideWith: "curl -s http://LOKI:3100/loki/api/v1/labels; kubectl -n NAMESPACE logs ds/PROMTAIL | tail",
  references: ["https://grafana.com/docs/loki/latest/operations/troubleshooting/"],
});
