// Grafana's error panels and proxy log: nearly always second-hand, something behind the name stopped first.
import { connectionSymptom } from "../../connection-symptom.ts";

export const rule = connectionSymptom({
  id: "grafana/datasource-unreachable",
  title: "Grafana cannot reach a data source",
  why: "Grafana's server dials the data source itself. `no such host` is an answer of the name server: a headless Service without a Ready pod has no record. `Try again` or a time-out would be the name server's own fault. A refused connection means that the address exists and nothing listens.",
  severity: "warning",
  component: "grafana",
  layer: "query",
  effect: "no-answer",
  from: ["grafana"],
  // what Grafana fetches from its makers: without internet it works all the same
  except: [
    "Update check failed",
    "Error while updating detectors",
    "angular_patterns",
    "//grafana.com/",
    "lookup grafana.com",
    "stats.grafana.org",
    "raw.githubusercontent.com",
    "gravatar.com",
    "Failed to send usage stats",
    // its own database
    "logger=sqlstore",
    "connect to database",
  ],
  who: "Grafana",
  decideWith: "kubectl -n NAMESPACE get endpoints; docker ps -a",
  references: [
    "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
    "https://grafana.com/docs/grafana/latest/datasources/",
  ],
});
