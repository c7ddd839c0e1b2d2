// Views of Promtail, Alloy and Grafana files.
import { describe, expect, it } from "vitest";
import { readAlloy } from "../../src/collectors/config/alloy/reader.ts";
import { configDocument, documentOfReader } from "../../src/collectors/config/yaml-document.ts";
import type { ConfigDocument } from "../../src/model/config.ts";
import { readAlloyConfig } from "../../src/stack/alloy-config.ts";
import { readDashboard, readDatasources, readProviders } from "../../src/stack/grafana-config.ts";
import { readPromtailConfig } from "../../src/stack/promtail-config.ts";
import { documentOf } from "./document-of.ts";

it("reads Promtail's clients, positions and jobs", () => {
  const text = `server: {http_listen_port: 9401}
positions:
  filename: /tmp/p.yaml
clients:
  - url: http://loki:3100
    tenant_id: t
scrape_configs:
  - job_name: sys
    static_configs:
      - targets: [localhost]
        labels: {job: sys, __path__: /var/log/*.log}
    pipeline_stages:
      - json: {}
      - labels: {a: b}
  - job_name: j
    journal: {path: /var/log/journal}
`;
  expect(readPromtailConfig(documentOf(text, "promtail"))).toMatchObject({
    httpPort: { value: 9401, at: { line: 1 } },
    positionsFile: { value: "/tmp/p.yaml", at: { line: 3 } },
    clients: [
      { url: { value: "http://loki:3100", at: { line: 5 } }, tenant: { value: "t" }, hasAuth: false },
    ],
    jobs: [
      {
        name: { value: "sys" },
        sources: ["static"],
        paths: [{ value: "/var/log/*.log", at: { line: 11 } }],
        stages: [{ value: "json" }, { value: "labels", at: { line: 14 } }],
      },
      { sources: ["journal"] },
    ],
  });
});

it("reads Alloy's pushes, sources, paths and dangling references", () => {
  const text = `loki.source.file "f" {
  targets = [{__path__ = "/var/log/a.log"}]
  forward_to = [loki.write.w.receiver, loki.write.gone.receiver]
}
loki.write "w" {
  endpoint {
    url = "http://l:3100/loki/api/v1/push"
  }
}
prometheus.remote_write "m" {
  endpoint { url = "http://p:9090/api/v1/write" }
}
`;
  const { value, log } = readAlloy(text);
  const segment = { source: "c.alloy", startLine: 1, text };
  const view = readAlloyConfig(configDocument(segment, documentOfReader(segment, { value, log }), "alloy"));
  expect(view).toMatchObject({
    pushes: [
      { kind: "loki", url: { value: "http://l:3100/loki/api/v1/push", at: { line: 7 } } },
      { kind: "prometheus", component: "prometheus.remote_write.m" },
    ],
    sources: [{ id: "loki.source.file.f", at: { line: 1 } }],
    paths: [{ value: "/var/log/a.log", at: { line: 2 } }],
    dangling: [{ component: "loki.write.gone", argument: "forward_to", at: { line: 3 } }],
  });
});

describe("Grafana", () => {
  it("reads data sources with derived fields, and providers", () => {
    const text = `datasources:
  - name: Loki
    type: loki
    url: http://l:3100
    isDefault: true
    jsonData:
      derivedFields:
        - name: trace
          matcherRegex: (?i)trace=(\\w+)
`;
    expect(readDatasources(documentOf(text, "grafana-datasources"))).toMatchObject([
      {
        name: { value: "Loki" },
        isDefault: { value: true, at: { line: 5 } },
        derivedFields: [{ regex: { value: "(?i)trace=(\\w+)", at: { line: 9 } } }],
      },
    ]);
    expect(
      readProviders(
        documentOf("providers:\n- name: d\n  options: {path: /d}\n", "grafana-dashboard-providers"),
      ),
    ).toMatchObject([{ directory: { value: "/d", at: { line: 3 } } }]);
  });

  it.each([false, true])("reads dashboards (envelope: %s), rows and variables", (wrapped) => {
    const dashboard = {
      title: "T",
      uid: "u",
      __inputs: [{ name: "DS_P" }],
      panels: [
        {
          type: "row",
          panels: [
            {
              title: "in",
              targets: [{ expr: "up", refId: "A", datasource: { uid: "${DS_P}", type: "prometheus" } }],
            },
          ],
        },
        { title: "b", datasource: "Loki", targets: [{ expr: '{a="b"}' }, { expr: "" }] },
      ],
      rows: [{ panels: [{ title: "old", targets: [{ expr: "x" }] }] }],
      templating: {
        list: [
          { name: "host", type: "query", query: { query: "label_values(up, instance)" }, regex: "/(.*)/" },
        ],
      },
    };
    const view = readDashboard(
      documentOf(JSON.stringify(wrapped ? { dashboard } : dashboard, null, 1), "grafana-dashboard"),
    );
    expect(view).toMatchObject({
      isEnvelope: wrapped,
      title: { value: "T" },
      inputs: [{ value: "DS_P" }],
      panels: [
        { type: "row" },
        { title: "in", queries: [{ expr: { value: "up" }, datasource: { uid: "${DS_P}" } }] },
        { title: "b", datasource: { uid: "Loki" }, queries: [{}] },
        { title: "old" },
      ],
      variables: [
        { name: "host", query: { value: "label_values(up, instance)" }, regex: { value: "/(.*)/" } },
      ],
    });
  });

  it("is calm about anything malformed", () => {
    for (const value of [
      null,
      1,
      [],
      { panels: 1, dashboard: [] },
      { clients: [1], scrape_configs: { a: 1 } },
      { "loki.write": { w: { endpoint: 1 } } },
      { datasources: [null, { jsonData: { derivedFields: "x" } }] },
    ]) {
      const doc: ConfigDocument = {
        at: { source: "x" },
        kind: "unknown-json",
        origin: "file",
        value,
        text: "",
        lines: {},
        duplicateKeys: [],
      };
      readDashboard(doc);
      readDatasources(doc);
      readProviders(doc);
      readPromtailConfig(doc);
      readAlloyConfig(doc);
    }
  });
});
