// Prometheus 3 speaks only version 2 of Alertmanager's API.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/alertmanager-api-v1",
  title: "The configuration asks for Alertmanager API v1, which Prometheus 3 no longer supports",
  why: "api_version: v1 was removed in 3.0. With the line in the alerting section the configuration is refused.",
  severity: "critical",
  component: "prometheus",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: ["expected Alertmanager API version to be one of [{versions*}] but got v1"],
  says: () => "alerting.alertmanagers has api_version: v1; Prometheus 3 supports only v2",
  references: ["https://prometheus.io/docs/prometheus/latest/migration/"],
  fix: () => ({
    summary:
      "Set api_version: v2 or remove the line (operator: apiVersion in spec.alerting.alertmanagers); Alertmanager must be 0.16 or newer",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In prometheus.yml", command: "api_version: v2" }],
  }),
});
