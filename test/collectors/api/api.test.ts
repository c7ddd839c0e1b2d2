// API answers: whole, cut by hand, copied out of a browser; what they mean and where each value stands.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { apiParsers } from "../../../src/collectors/api/index.ts";
import { configParsers } from "../../../src/collectors/config/index.ts";
import type { Segment } from "../../../src/model/evidence.ts";
import { readFacts } from "../config/read-facts.ts";

const read = (text: string, segment: Partial<Segment> = {}) =>
  readFacts(text, segment, [...configParsers, ...apiParsers]).facts;

const target = (extra: object) => ({
  discoveredLabels: { __address__: "10.0.0.1:9100", job: "node" },
  labels: { instance: "10.0.0.1:9100", job: "node" },
  scrapePool: "node",
  scrapeUrl: "http://10.0.0.1:9100/metrics",
  lastError: "",
  health: "up",
  lastScrapeDuration: 0.5,
  ...extra,
});

describe("targets", () => {
  const error = 'Get "http://10.0.0.1:9100/metrics": dial tcp 10.0.0.1:9100: connect: connection refused';

  it("reads the whole answer, with dropped targets and the error as text", () => {
    const answer = {
      status: "success",
      data: {
        activeTargets: [target({}), target({ health: "down", lastError: error })],
        droppedTargets: [{ discoveredLabels: { job: "x" } }],
      },
    };
    const facts = read(JSON.stringify(answer, null, 1));
    expect(facts["prometheus.targets"]).toMatchObject([
      { job: "node", health: "up", lastScrapeMs: 500, at: { line: 5 } },
      { health: "down", lastError: error, instance: "10.0.0.1:9100", errorAt: { line: 31 } },
      { job: "x", dropped: true },
    ]);
    expect(facts["text.lines"]).toMatchObject([
      { text: error, stream: "answer", component: "prometheus", at: { line: 31 } },
    ]);
  });

  it.each([
    '{"activeTargets": [{"labels": {"job": "a", "instance": "h:1"}, "health": "down", "lastError": "context deadline exceeded"}]}',
    '"activeTargets": [\n  {\n    "labels": {"job": "a", "instance": "h:1"},\n    ...\n    "lastError": "context deadline exceeded",\n    "health": "down"\n  },\n  ...',
    '{"job":"a","instance":"h:1","health":"down","lastError":"context deadline exceeded"}\n{"job":"b","health":"up","lastError":""}',
  ])("reads excerpts: %j", (text) => {
    expect(read(text)["prometheus.targets"][0]).toMatchObject({
      job: "a",
      instance: "h:1",
      health: "down",
      lastError: "context deadline exceeded",
    });
  });

  it.each([
    'node (1/2 up)\nEndpoint\tState\tLabels\tLast Scrape\tScrape Duration\tError\nhttp://a:9100/metrics\tUP\tinstance="a:9100" job="node"\t2.1s ago\t12.3ms\t\nhttp://b:9100/metrics\tDOWN\tinstance="b:9100" job="node"\t1m 2s ago\t10s\tGet "http://b:9100/metrics": context deadline exceeded\n',
    'node (1/2 up) show less\nEndpoint\nState\nLabels\nLast Scrape\nScrape Duration\nError\nhttp://a:9100/metrics\nUP\ninstance="a:9100"job="node"\n2.1s ago\n12.3ms\nhttp://b:9100/metrics\nDOWN\ninstance="b:9100"job="node"\n1m 2s ago\n10s\nGet "http://b:9100/metrics": context deadline exceeded\n',
    "node\n1 / 2 up\n".replace("node\n1 / 2 up", "node (1 / 2 up)") +
      'http://a:9100/metrics\ninstance="a:9100" job="node"\n5.2s ago\n4ms\nUP\nhttp://b:9100/metrics\ninstance="b:9100" job="node"\n5.2s ago\n10s\nDOWN\nGet "http://b:9100/metrics": context deadline exceeded\n',
  ])("reads the web page: %j", (text) => {
    expect(read(text)["prometheus.targets"]).toMatchObject([
      { job: "node", instance: "a:9100", health: "up" },
      {
        scrapeUrl: "http://b:9100/metrics",
        instance: "b:9100",
        health: "down",
        lastError: 'Get "http://b:9100/metrics": context deadline exceeded',
      },
    ]);
    expect(read(text)["prometheus.targets"][0]?.lastError).toBeUndefined();
  });
});

describe("Prometheus status", () => {
  it("reads the running configuration, on the line of the answer", () => {
    const text =
      '{"status":"success",\n"data":{"yaml":"global:\\n  scrape_interval: 5s\\nscrape_configs:\\n- job_name: a\\n"}}';
    expect(read(text)["config.documents"]).toMatchObject([
      {
        kind: "prometheus",
        origin: "running",
        at: { line: 2 },
        lines: { "/scrape_configs/0/job_name": 2 },
        value: { global: { scrape_interval: "5s" } },
      },
    ]);
  });

  it("reads flags, runtime and build information", () => {
    expect(
      read('{"status":"success","data":{"config.file":"/p.yml","web.listen-address":":9090"}}')[
        "component.flags"
      ],
    ).toMatchObject([
      { name: "config.file", value: "/p.yml", component: "prometheus" },
      { name: "web.listen-address" },
    ]);
    expect(
      read('{"status":"success","data":{"reloadConfigSuccess":false,"storageRetention":"15d"}}')[
        "component.flags"
      ],
    ).toMatchObject([
      { name: "runtimeinfo.reloadConfigSuccess", value: "false" },
      { name: "runtimeinfo.storageRetention", value: "15d" },
    ]);
    const build = '{"status":"success","data":{"version":"3.5.3","revision":"x","goVersion":"go1"}}';
    expect(read(build)["host.versions"]).toMatchObject([{ of: "prometheus", version: "3.5.3" }]);
  });

  it("reads rules and alerts", () => {
    const answer = {
      status: "success",
      data: {
        groups: [
          {
            name: "g",
            file: "/r.yml",
            rules: [
              {
                name: "A",
                query: "up == 0",
                health: "err",
                lastError: "found duplicate series",
                alerts: [{ labels: { alertname: "A" }, state: "firing" }],
                evaluationTime: 0,
              },
            ],
          },
        ],
      },
    };
    const facts = read(JSON.stringify(answer));
    expect(facts["prometheus.rules"]).toMatchObject([
      { group: "g", name: "A", health: "err", file: "/r.yml", lastError: "found duplicate series" },
    ]);
    expect(facts["metrics.samples"]).toMatchObject([
      { name: "ALERTS", labels: { alertname: "A", alertstate: "firing" }, value: 1 },
    ]);
    expect(facts["text.lines"]).toMatchObject([{ text: "found duplicate series" }]);
  });

  it("reads query answers and their errors", () => {
    const vector =
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"a"},"value":[1,"0"]}]}}';
    expect(read(vector)["metrics.samples"]).toMatchObject([{ name: "up", labels: { job: "a" }, value: 0 }]);
    const matrix =
      '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"+Inf"]]}]}}';
    expect(read(matrix)["metrics.samples"]).toMatchObject([{ value: Number.POSITIVE_INFINITY }]);
    expect(
      read('{"status":"error","errorType":"bad_data","error":"parse error: x"}')["text.lines"],
    ).toMatchObject([{ text: "parse error: x" }]);
  });
});

describe("health", () => {
  it.each([
    ["Prometheus Server is Ready.\n", {}, { component: "prometheus", healthy: true }],
    ["Prometheus is Healthy.", {}, { component: "prometheus", healthy: true }],
    ["Ingester not ready: waiting for 15s after being ready\n", {}, { component: "loki", healthy: false }],
    ["Some services are not Running:\nStarting: 1\nRunning: 5\n", {}, { component: "loki", healthy: false }],
    ["Alloy is ready.", {}, { component: "alloy", healthy: true }],
    [
      "ready\n",
      { command: "curl -s http://10.0.0.1:3100/ready" },
      { component: "loki", healthy: true, url: "http://10.0.0.1:3100/ready" },
    ],
    ["ok", { command: "curl http://h:8080/healthz" }, { component: "cadvisor", healthy: true }],
    ["OK", { command: "curl http://h:9093/-/healthy" }, { component: "alertmanager", healthy: true }],
    ["ready200", { command: "curl -s -w '%{http_code}' http://loki:3100/ready" }, { healthy: true }],
    [
      "Service Unavailable\n503",
      { command: "curl http://p:9090/-/ready" },
      { httpStatus: 503, healthy: false, component: "prometheus" },
    ],
  ])("%j %j", (text, segment, expected) => {
    expect(read(text, segment)["component.health"]).toMatchObject([expected]);
  });

  it("reads polls in order", () => {
    const text =
      "8s Ingester not ready: waiting for 15s after being ready  -> 503\n26s ready  -> 200\n32s Query Frontend not ready: number of queriers connected to query-frontend is 0  -> 503\n";
    expect(read(text)["component.health"]).toMatchObject([
      { healthy: false, httpStatus: 503, component: "loki" },
      { healthy: true, httpStatus: 200, component: "loki", body: "ready", at: { line: 2 } },
      { healthy: false },
    ]);
  });

  it("keeps the connection that curl made", () => {
    const facts = read("ready\n", { command: "curl -s http://10.244.1.17:3100/ready" });
    expect(facts["host.dials"]).toMatchObject([
      { target: "http://10.244.1.17:3100/ready", outcome: "connected" },
    ]);
  });

  it("does not take other words for an answer", () => {
    for (const text of ["ready\n", "OK\n", "done\n"]) expect(read(text)["component.health"]).toEqual([]);
  });
});

describe("Loki", () => {
  it.each([
    ['{"shards":[{"id":"vm","state":"ACTIVE","address":"127.0.0.1:9196","tokens":[1]}],"now":"x"}'],
    ["Instance ID\tAvailability Zone\tState\tAddress\tRegistered At\nvm\t\tACTIVE\t127.0.0.1:9196\t2026\n"],
    [
      "<!DOCTYPE html>\n<html><head><title>Ring Status</title></head><table><tr>\n<td>vm</td>\n<td></td><td>ACTIVE</td>\n<td>127.0.0.1:9196</td>\n</tr></table>",
    ],
  ])("ring %j", (text) => {
    expect(read(text)["loki.ring"]).toMatchObject([{ id: "vm", state: "ACTIVE", address: "127.0.0.1:9196" }]);
  });

  it("reads services and labels", () => {
    expect(read("server => Running\ningester => Failed\n")["component.health"]).toMatchObject([
      { healthy: true },
      { healthy: false, body: "ingester => Failed" },
    ]);
    expect(read('{"status":"success","data":["job","namespace"]}')["loki.labels"]).toMatchObject([
      { name: "job" },
      { name: "namespace" },
    ]);
    expect(
      read('{"status":"success","data":["a"]}', {
        command: "curl http://l:3100/loki/api/v1/label/job/values",
      })["loki.labels"],
    ).toMatchObject([{ name: "job", values: ["a"] }]);
    expect(read('{"status":"success","data":["__name__","job"]}')["loki.labels"]).toEqual([]);
  });
});

describe("Grafana, Alertmanager, Alloy", () => {
  it("reads health, data sources and their health", () => {
    const health = read('{"commit":"x","database":"ok","version":"11.1.0"}');
    expect(health["component.health"]).toMatchObject([{ component: "grafana", healthy: true }]);
    expect(health["host.versions"]).toMatchObject([{ of: "grafana", version: "11.1.0" }]);
    const source =
      '[{"id":1,"uid":"u","orgId":1,"name":"P","type":"prometheus","access":"proxy","url":"http://p:9090","isDefault":true}]';
    expect(read(source)["grafana.datasources"]).toMatchObject([
      { origin: "api", uid: "u", isDefault: true, url: "http://p:9090" },
    ]);
    const broken =
      '{"message":"Post \\"http://p:9090/api/v1/query\\": dial tcp: lookup p: no such host","status":"ERROR"}';
    expect(read(broken)["component.health"]).toMatchObject([{ healthy: false }]);
    expect(read(broken)["text.lines"]).toHaveLength(1);
  });

  it("reads panel errors, pasted and as JSON", () => {
    const pasted =
      'Status: 500. Message: Get "http://p:9090/api/v1/query": dial tcp: lookup p: no such host\n';
    expect(read(pasted)["text.lines"]).toMatchObject([{ component: "grafana", stream: "answer" }]);
    expect(
      read('{"results":{"A":{"error":"bad_data: parse error","status":400,"frames":[]}}}')["text.lines"],
    ).toMatchObject([{ text: "bad_data: parse error" }]);
  });

  it("reads Alertmanager's status and Alloy's components", () => {
    const status = JSON.stringify({
      cluster: { status: "ready", peers: [] },
      config: { original: "route:\n  receiver: x\n" },
      versionInfo: { version: "0.27.0" },
    });
    const facts = read(status);
    expect(facts["config.documents"]).toMatchObject([{ kind: "alertmanager", origin: "running" }]);
    expect(facts["host.versions"]).toMatchObject([{ of: "alertmanager", version: "0.27.0" }]);
    const alloy =
      '[{"name":"loki.write","localID":"loki.write.x","health":{"state":"unhealthy","message":"boom"}}]';
    expect(read(alloy)["component.health"]).toMatchObject([
      { component: "alloy", healthy: false, body: "loki.write.x: unhealthy: boom" },
    ]);
  });
});

it("survives mutated answers", () => {
  const seeds = [
    JSON.stringify({
      status: "success",
      data: { activeTargets: [target({ health: "down", lastError: "x" })] },
    }),
    '{"shards":[{"id":"vm","state":"ACTIVE"}]}',
    'node (1/2 up)\nhttp://a:1/metrics\tUP\tjob="n"\n',
    "8s ready -> 200\n",
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(300), fc.constantFrom(...'{}[]",:\\\n\t x0'))),
      (seed, edits) => {
        let text = seed;
        for (const [at, char] of edits)
          text = text.slice(0, at % text.length) + char + text.slice((at % text.length) + (at % 2));
        const { gaps } = readFacts(text, {}, [...configParsers, ...apiParsers]);
        for (const gap of gaps) expect(gap.detail).not.toMatch(/could not read it/);
      },
    ),
    { numRuns: 600 },
  );
});
