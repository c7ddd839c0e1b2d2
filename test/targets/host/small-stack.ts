// A stack on one host made of scripts, in which everything works: Prometheus and the host's exporter.
import { type MadeContainer, type MadeHost, targetsUp } from "./made-host.ts";

export const prometheusConfig = `global: {scrape_interval: 15s}
scrape_configs:
  - job_name: node
    static_configs: [{targets: ["mon1:9100"]}]
`;

export const prometheus: MadeContainer = {
  name: "prometheus",
  image: "prom/prometheus:v3.5.0",
  words: ["/bin/prometheus", "--config.file=/etc/prometheus/prometheus.yml"],
  files: { "/etc/prometheus/prometheus.yml": prometheusConfig },
};

export const nodeExporter: MadeContainer = {
  name: "node-exporter",
  image: "prom/node-exporter:v1.9.1",
  words: ["/bin/node_exporter"],
};

export function prometheusAnswers(
  targets = [{ job: "node", instance: "mon1:9100" }],
): Record<string, unknown> {
  const at = (path: string): string => `127.0.0.1:9090${path}`;
  return {
    [at("/-/ready")]: "Prometheus Server is Ready.\n",
    [at("/api/v1/targets?state=active")]: targetsUp(targets),
    [at("/api/v1/rules")]: { status: "success", data: { groups: [] } },
    [at("/api/v1/status/config")]: { status: "success", data: { yaml: prometheusConfig } },
    [at("/api/v1/status/flags")]: {
      status: "success",
      data: { "config.file": "/etc/prometheus/prometheus.yml", "web.listen-address": "0.0.0.0:9090" },
    },
    [at("/api/v1/status/runtimeinfo")]: { status: "success", data: { reloadConfigSuccess: true } },
    [at("/api/v1/status/buildinfo")]: { status: "success", data: { version: "3.5.0" } },
  };
}

export function smallStack(): MadeHost {
  return {
    containers: [prometheus, nodeExporter],
    ports: [9090, 9100],
    answers: {
      ...prometheusAnswers(),
      "127.0.0.1:9100/metrics": 'node_exporter_build_info{version="1.9.1"} 1\n',
    },
  };
}
