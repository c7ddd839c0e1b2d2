// A scrape that cannot even connect: second-hand, the host, the network or the exporter's own state says why.
import { connectionSymptom } from "../../connection-symptom.ts";

export const rule = connectionSymptom({
  id: "prometheus/target-unreachable",
  title: "Prometheus cannot reach a scrape target",
  why: "Prometheus opens a connection for every scrape. `connection refused` means that the machine answers and nothing listens there for this client; a time-out that packets are dropped or the exporter hangs; `no route to host` that a firewall rejects or the machine is off; `no such host` that the name does not exist where Prometheus asks.",
  severity: "warning",
  component: "prometheus",
  layer: "network",
  effect: "no-data-in",
  from: ["prometheus"],
  activity: [
    "Scrape failed",
    '/metrics": dial tcp',
    "/metrics: dial tcp",
    '/metrics": context deadline exceeded',
    "/metrics: context deadline exceeded",
    '/metrics": net/http: request canceled',
  ],
  // what ends after the connection stands (TLS, resets, error pages) has rules of its own
  outcomes: ["refused", "timeout", "no-route", "network-unreachable", "nxdomain", "dns-failure"],
  who: "Prometheus",
  decideWith:
    "curl -v --max-time 5 http://TARGET/metrics   # from inside Prometheus' network; on the target: ss -ltnp; docker ps; iptables-save",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config",
    "https://github.com/prometheus/prometheus/issues/4419",
  ],
});
