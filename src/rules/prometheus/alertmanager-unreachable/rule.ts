// Alerts that fire and reach nobody.
import { connectionSymptom } from "../../connection-symptom.ts";

export const rule = connectionSymptom({
  id: "prometheus/alertmanager-unreachable",
  title: "Prometheus cannot deliver alerts to Alertmanager",
  why: "Prometheus sends firing alerts to every configured Alertmanager and drops them when none can be reached.",
  severity: "warning",
  component: "prometheus",
  layer: "delivery",
  effect: "no-data-out",
  from: ["prometheus"],
  activity: ["Error sending alert", "/api/v1/alerts", "/api/v2/alerts"],
  who: "Prometheus",
  decideWith: "curl -v --max-time 5 http://ALERTMANAGER:9093/-/ready   # from Prometheus' network",
  references: ["https://prometheus.io/docs/alerting/latest/overview/"],
});
