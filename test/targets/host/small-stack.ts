// A stack on one host made of scripts, in which everything works: Prometheus and the host's exporter.
import { freshnessPath } from "../../../src/model/canary.ts";
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
    [at(freshnessPath)]: freshSamples(targets),
    [at("/api/v1/rules")]: { status: "success", data: { groups: [] } },
    [at("/api/v1/status/config")]: { status: "success", data: { yaml: prometheusConfig } },
    [at("/api/v1/status/flags")]: {
      status: "success",
      data: { "config.file": "/etc/prometheus/prometheus.yml", "web.listen-address": "0.0.0.0:9090" },
    },
    [at("/api/v1/status/runtimeinfo")]: { status: "success", data: { reloadConfigSuccess: true } },
    [at("/api/v1/status/buildinfo")]: {
      status: "success",
      data: {
        version: "3.5.0",
        revision: "8be3a9560fbdd18a94dedec4b747c35178177202",
        branch: "HEAD",
        goVersion: "go1.24.5",
      },
    },
  };
}

export function smallStack(host = "mon1"): MadeHost {
  return {
    containers: [prometheus, nodeExporter],
    ports: [9090, 9100],
    answers: {
      ...prometheusAnswers([{ job: "node", instance: `${host}:9100` }]),
      "127.0.0.1:9100/metrics": 'node_exporter_build_info{version="1.9.1"} 1\n',
    },
  };
}

export const grafana: MadeContainer = {
  name: "grafana",
  image: "grafana/grafana:11.4.0",
  words: ["/run.sh"],
};

export const grafanaLogin = 'viewer:s3cret "and" \\more';

/** A Grafana that asks for a login, with one data source, in front of the small stack. */
export function stackWithGrafana(host = "mon1"): MadeHost {
  const at = (path: string): string => `127.0.0.1:3000${path}`;
  const small = smallStack(host);
  return {
    ...small,
    containers: [...small.containers, grafana],
    ports: [9090, 9100, 3000],
    login: { of: ":3000/api/d", header: `Basic ${Buffer.from(grafanaLogin).toString("base64")}` },
    answers: {
      ...small.answers,
      [at("/api/health")]: { commit: "x", database: "ok", version: "11.4.0" },
      [at("/api/datasources")]: [
        {
          id: 1,
          uid: "prom",
          orgId: 1,
          name: "Prometheus",
          type: "prometheus",
          access: "proxy",
          url: `http://${host}:9090`,
          isDefault: true,
        },
      ],
      [at("/api/search?type=dash-db&limit=5000")]: [
        { id: 1, uid: "hosts", title: "Hosts", uri: "db/hosts", url: "/d/hosts/hosts", type: "dash-db" },
      ],
      [at("/api/datasources/uid/prom/health")]: {
        message: "Successfully queried the Prometheus API.",
        status: "OK",
      },
      [at(`/api/datasources/proxy/uid/prom${freshnessPath}`)]: freshSamples([
        { job: "node", instance: `${host}:9100` },
      ]),
    },
  };
}

/** What Prometheus answers to how old its newest samples are. */
export function freshSamples(targets: readonly { readonly job: string; readonly instance: string }[]) {
  return {
    status: "success",
    data: {
      resultType: "vector",
      result: targets.map((metric) => ({ metric, value: [Date.now() / 1000, "4.2"] })),
    },
  };
}
