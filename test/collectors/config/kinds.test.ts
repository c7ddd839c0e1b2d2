// Every kind of configuration is recognised by its content, whole, cut down, broken, and not mistaken for another.
import { describe, expect, it } from "vitest";
import { kindsOf, readFacts } from "./read-facts.ts";

const examples: readonly (readonly [string, string])[] = [
  [
    "prometheus",
    "global:\n  scrape_interval: 15s\nscrape_configs:\n  - job_name: a\n    static_configs:\n      - targets: [x:9100]\n",
  ],
  ["prometheus", "- job_name: extra\n  metrics_path: /m\n  static_configs: [{targets: [a:1]}]\n"],
  ["prometheus", "rule_files:\n  - rules/*.yml\n"],
  ["prometheus-rules", "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n"],
  [
    "prometheus-rules",
    "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations:\n      s: host: down\n",
  ],
  [
    "loki-rules",
    'groups:\n- name: g\n  rules:\n  - alert: A\n    expr: sum(rate({app="x"} |= "err" [5m])) > 1\n',
  ],
  ["prometheus-file-sd", '[{"targets": ["a:9100"], "labels": {"job": "node"}}]'],
  ["prometheus-file-sd", '[{"targets": ["a:9100"]} {"targets": ["b:9100"]}]'],
  ["prometheus-web", "basic_auth_users:\n  admin: $2y$10$abc\n"],
  ["alertmanager", "route:\n  receiver: x\nreceivers:\n- name: x\n"],
  ["loki", "auth_enabled: false\nserver:\n  http_listen_port: 3100\ncommon:\n  path_prefix: /loki\n"],
  ["loki", "limits_config:\n  retention_period: 744h\n"],
  ["loki", "auth_enabled: false\nruler:\n  x: 1\n    y: 2\nschema_config:\n  configs: []\n"],
  [
    "promtail",
    "clients:\n  - url: http://l:3100/loki/api/v1/push\npositions:\n  filename: /p.yaml\nscrape_configs:\n- job_name: j\n",
  ],
  [
    "promtail",
    "scrape_configs:\n- job_name: j\n  static_configs:\n  - targets: [localhost]\n    labels: {job: a, __path__: /var/log/*.log}\n",
  ],
  ["promtail-positions", 'positions:\n  /var/log/syslog: "123"\n'],
  [
    "grafana-datasources",
    "apiVersion: 1\ndatasources:\n- name: P\n  type: prometheus\n  url: http://p:9090\n",
  ],
  [
    "grafana-dashboard-providers",
    "apiVersion: 1\nproviders:\n- name: d\n  type: file\n  options:\n    path: /d\n",
  ],
  [
    "grafana-alerting",
    "apiVersion: 1\ngroups:\n- orgId: 1\n  name: g\n  rules:\n  - uid: a\n    title: t\n    condition: C\n    data: []\n",
  ],
  ["grafana-alerting", "apiVersion: 1\ncontactPoints:\n- name: x\n  receivers: []\n"],
  ["grafana-dashboard", '{"title": "T", "schemaVersion": 39, "panels": []}'],
  ["grafana-dashboard", '{"dashboard": {"title": "T", "panels": []}, "overwrite": true}'],
  ["grafana-dashboard", '{"title": "T", "panels": [{"targets": [{"expr": "up"}],}]}'],
  ["blackbox", "modules:\n  http_2xx:\n    prober: http\n"],
  ["compose", "services:\n  loki:\n    image: grafana/loki\n"],
  ["compose", "loki:\n  image: grafana/loki\n  ports: ['3100:3100']\n"],
  ["docker-daemon", '{"log-driver": "json-file", "log-opts": {"max-size": "10m"}}'],
  ["cni", '{"cniVersion": "1.0.0", "name": "cbr0", "plugins": []}'],
  ["helm-values", "prometheusOperator:\n  enabled: true\n"],
  ["helm-values", "server:\n  replicaCount: 3\n"],
  ["ansible-playbook", "- hosts: all\n  tasks:\n  - name: x\n    file: {path: /a, state: directory}\n"],
  ["ansible-playbook", "- name: x\n  ansible.builtin.copy:\n    src: a\n    dest: /b\n"],
  ["ansible-inventory", "all:\n  children:\n    web:\n      hosts:\n        a: {ansible_host: 10.0.0.1}\n"],
];

describe("recognition by content", () => {
  it.each(examples)("%s: %j", (kind, text) => {
    expect(kindsOf(text)).toEqual([kind]);
  });

  it("keeps the kind of a file that does not parse, with the mistake", () => {
    const text =
      "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n    annotations:\n      summary: Probe failed: see log\n";
    const [doc] = readFacts(text).facts["config.documents"];
    expect(doc?.kind).toBe("prometheus-rules");
    expect(doc?.parseError).toEqual({
      message: "mapping values are not allowed in this context",
      at: { source: "file.txt", line: 7 },
      excerpt: "      summary: Probe failed: see log",
    });
  });

  it("leaves prose, logs and unknown text alone", () => {
    for (const text of [
      "Error: something went wrong\nsee below\n",
      'level=error ts=2024-01-01T00:00:00Z msg="boom: x"\n',
      "NAME READY\nx 1/1\n",
      "hello: world\n",
    ]) {
      expect(kindsOf(text)).toEqual([]);
    }
  });

  it("keeps other YAML by its file name only", () => {
    expect(kindsOf("hello: world\n", { source: "notes.yaml" })).toEqual(["unknown-yaml"]);
  });

  it("says that a template is one, as a gap and not as a mistake", () => {
    const { facts, gaps } = readFacts(
      "scrape_configs:\n{{- range .Values.jobs }}\n- job_name: {{ .name }}\n{{- end }}\nrule_files:\n- a\n",
    );
    expect(facts["config.documents"]).toMatchObject([{ kind: "prometheus", template: true }]);
    expect(facts["config.documents"][0]?.parseError).toBeUndefined();
    expect(gaps).toHaveLength(1);
  });

  it("takes rules for Loki's where the path says so", () => {
    const rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: vector(1)\n";
    expect(kindsOf(rules, { path: "/etc/loki/rules/fake/a.yml" })).toEqual(["loki-rules"]);
    expect(kindsOf(rules, { path: "/etc/prometheus/rules/a.yml" })).toEqual(["prometheus-rules"]);
  });

  it("tells a running Loki configuration from a file", () => {
    const running =
      "target: all\nballast_bytes: 0\nserver:\n  http_listen_port: 3100\ncommon:\n  x: 1\nlimits_config:\n  a: 1\n";
    expect(readFacts(running).facts["config.documents"]).toMatchObject([{ kind: "loki", origin: "running" }]);
  });
});

describe("configurations inside Helm values", () => {
  it("reads the Loki block under the names of the configuration, on their lines", () => {
    const text =
      "loki:\n  auth_enabled: false\n  commonConfig:\n    replication_factor: 3\n  storage:\n    type: filesystem\nsingleBinary:\n  replicas: 1\n";
    const docs = readFacts(text).facts["config.documents"];
    expect(docs.map((doc) => doc.kind)).toEqual(["helm-values", "loki"]);
    expect(docs[1]).toMatchObject({
      fragment: true,
      value: { auth_enabled: false, common: { replication_factor: 3 } },
    });
    expect(docs[1]?.lines["/common/replication_factor"]).toBe(4);
  });

  it("reads prometheus.yml, rules, data sources and file texts", () => {
    const text = [
      "kube-prometheus-stack:",
      "  grafana:",
      "    additionalDataSources:",
      "      - name: Loki",
      "        type: loki",
      "        url: http://loki:3100",
      "serverFiles:",
      "  prometheus.yml:",
      "    rule_files: [a]",
      "    scrape_configs:",
      "      - job_name: x",
      "        static_configs: []",
      "  alerting_rules.yml:",
      "    groups:",
      "      - name: g",
      "        rules: [{alert: A, expr: up == 0}]",
      "alertmanager:",
      "  config: |",
      "    route:",
      "      receiver: x",
      "    receivers: [{name: x}]",
    ].join("\n");
    const { facts } = readFacts(text);
    expect(facts["config.documents"].map((doc) => [doc.kind, doc.at.line])).toEqual([
      ["helm-values", 1],
      ["grafana-datasources", 3],
      ["prometheus", 8],
      ["prometheus-rules", 13],
      ["alertmanager", 19],
    ]);
    expect(facts["grafana.datasources"]).toMatchObject([{ name: "Loki", urlAt: { line: 6 } }]);
  });
});
