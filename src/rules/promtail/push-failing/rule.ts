// The agent cannot deliver its batches: it retries for a while and then drops them.
import { connectionSymptom } from "../../connection-symptom.ts";

export const rule = connectionSymptom({
  id: "promtail/push-failing",
  title: "A log agent cannot reach Loki",
  why: "Promtail and Alloy retry a failed batch with growing pauses (about 8 minutes with the defaults) and then drop it. The text of the dial error tells whether the name, the port, a firewall or Loki itself is at fault.",
  severity: "warning",
  component: "promtail",
  layer: "delivery",
  effect: "no-data-out",
  from: ["promtail", "alloy"],
  activity: ["error sending batch", "final error sending batch", "loki/api/v1/push", "failed to send"],
  except: ["prometheus.remote_write", "subcomponent=rw", "/api/v1/write"],
  who: "The log agent",
  decideWith: "curl -v --max-time 5 http://LOKI:3100/ready   # from the agent's network",
  references: ["https://grafana.com/docs/loki/latest/send-data/promtail/troubleshooting/"],
});
