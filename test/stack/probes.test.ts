// Which connections are tried, and from where: only what nothing has shown to work, from the side that needs it.
import { expect, test } from "vitest";
import { firstSight } from "../../src/diagnose/first-sight.ts";
import type { CollectedItem } from "../../src/model/collected.ts";
import { planProbes } from "../../src/stack/probes.ts";

const item = (
  host: string,
  command: string,
  text: string,
  more: Partial<CollectedItem> = {},
): CollectedItem => ({
  locator: `${host}: ${command}`,
  how: "ssh",
  host,
  command,
  body: Buffer.from(text),
  ...more,
});

const container = (name: string, image: string, state: string): string =>
  JSON.stringify([
    {
      Id: name.padEnd(64, "0"),
      Name: `/${name}`,
      Path: "/bin/x",
      Args: [],
      State: { Status: state, Running: state === "running", ExitCode: 0 },
      Config: { Image: image, Labels: {} },
      HostConfig: { NetworkMode: "bridge" },
      NetworkSettings: { Ports: {}, Networks: { bridge: { IPAddress: "172.17.0.2" } } },
      Mounts: [],
    },
  ]);

const targets = JSON.stringify({
  status: "success",
  data: {
    activeTargets: [
      {
        discoveredLabels: {},
        labels: { job: "node", instance: "a:9100" },
        scrapePool: "node",
        scrapeUrl: "http://a:9100/metrics",
        globalUrl: "",
        lastError: "",
        health: "up",
      },
      {
        discoveredLabels: {},
        labels: { job: "node", instance: "b:9100" },
        scrapePool: "node",
        scrapeUrl: "http://b:9100/metrics",
        globalUrl: "",
        lastError: "connection refused",
        health: "down",
      },
    ],
    droppedTargets: [],
  },
});

const config = `global: {scrape_interval: 15s}
alerting:
  alertmanagers: [{static_configs: [{targets: ['am:9093']}]}]
scrape_configs:
  - job_name: node
    static_configs: [{targets: ['c:9100', 'localhost:9090']}]
  - job_name: probes
    metrics_path: /probe
    static_configs: [{targets: ['https://example.org']}]
    relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {target_label: __address__, replacement: 'bb:9115'}]
`;

const planned = (...items: CollectedItem[]) => {
  const { facts, stack } = firstSight(items);
  return planProbes(facts, stack);
};

test("a target that Prometheus calls up is not tried again, one that fails is, from inside its container", () => {
  const requests = planned(
    item("server", "docker inspect prometheus", container("prometheus", "prom/prometheus:v3.5.0", "running")),
    item("server", "curl -s http://127.0.0.1:9090/api/v1/targets", targets),
  );
  expect(requests).toEqual([
    {
      from: { kind: "container", host: "server", container: "prometheus" },
      url: "http://b:9100/metrics",
      because: "prometheus scrapes it as node",
    },
  ]);
});

test("of a Prometheus that does not answer, the configuration tells what it would try, and its host tries it", () => {
  const requests = planned(
    item("server", "docker inspect prometheus", container("prometheus", "prom/prometheus:v3.5.0", "exited")),
    item("server", "cat /etc/prometheus/prometheus.yml", config, { path: "/etc/prometheus/prometheus.yml" }),
  );
  expect(requests.map(({ from, url }) => `${from.kind} ${url}`)).toEqual([
    "host http://am:9093/-/ready",
    "host http://c:9100/metrics",
  ]);
});

test("an agent's push is not imitated: the same server is asked whether it is ready", () => {
  const promtail =
    "server: {http_listen_port: 9080}\npositions: {filename: /p}\nclients: [{url: 'http://loki:3101/loki/api/v1/push'}]\nscrape_configs: []\n";
  const requests = planned(
    item("web1", "docker inspect promtail", container("promtail", "grafana/promtail:3.6.0", "running")),
    item("web1", "cat /etc/promtail/config.yml", promtail, { path: "/etc/promtail/config.yml" }),
  );
  expect(requests).toMatchObject([{ from: { container: "promtail" }, url: "http://loki:3101/ready" }]);
});

test("nobody is asked to try what no host is known for", () => {
  expect(planned({ locator: "x", how: "file", body: Buffer.from(config) })).toEqual([]);
});
