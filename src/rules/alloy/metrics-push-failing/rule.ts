// The agent cannot deliver its samples: they wait in its write-ahead log, and after a time they are lost.
import { connectionSymptom } from "../../connection-symptom.ts";

export const rule = connectionSymptom({
  id: "alloy/metrics-push-failing",
  title: "Alloy cannot reach the receiver of its metrics",
  why: "Alloy's prometheus.remote_write keeps samples in its write-ahead log and tries again until they are older than max_keepalive_time (8 hours by default). The text of the dial error tells whether the name, the port, a firewall or the receiver itself is at fault.",
  severity: "warning",
  component: "alloy",
  layer: "delivery",
  effect: "no-data-out",
  from: ["alloy"],
  activity: ["prometheus.remote_write", "subcomponent=rw", "/api/v1/write", "remote_name={name*}"],
  who: "Alloy's remote write",
  decideWith: "curl -v --max-time 5 http://PROMETHEUS:9090/-/ready   # from the agent's network",
  references: [
    "https://grafana.com/docs/alloy/latest/reference/components/prometheus/prometheus.remote_write/#wal-block",
  ],
});
