// Typed views of configurations: values with their lines, defaults by version, and calm about anything malformed.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConfigDocument } from "../../src/model/config.ts";
import { formatDuration, parseDuration } from "../../src/model/duration.ts";
import { besideFile, matchesGlob } from "../../src/stack/glob.ts";
import { readLokiConfig } from "../../src/stack/loki-config.ts";
import { readFileTargets, readPrometheusConfig, targetSettings } from "../../src/stack/prometheus-config.ts";
import { targetLabels } from "../../src/stack/relabel.ts";
import { readRules } from "../../src/stack/rule-groups.ts";
import { compareVersions, isAtLeast, isBefore } from "../../src/stack/semver.ts";
import { cadvisorMetrics } from "../../src/stack/settings-by-version.ts";
import { flagRefusal, unknownKeys } from "../../src/stack/version-check.ts";
import { documentOf } from "./document-of.ts";

const prometheus = `global:
  scrape_interval: 30s
  scrape_timeout: 45s
rule_files: [rules/*.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: ["am:9093"]}]
scrape_configs:
  - job_name: node
    scrape_interval: 15s
    static_configs:
      - targets:
          - a:9100
          - b:9100
        labels: {role: vm}
    file_sd_configs:
      - files: [targets/*.json]
    relabel_configs:
      - source_labels: [__meta_role]
        target_label: role
  - job_name: dns
    scheme: https
    dns_sd_configs:
      - names: [tasks.x]
        type: A
        port: 8080
remote_write:
  - url: http://m/api/v1/push
`;

describe("prometheus.yml", () => {
  const view = readPrometheusConfig(documentOf(prometheus, "prometheus"));

  it("gives jobs with targets, discoveries and values in force", () => {
    expect(view.jobs).toMatchObject([
      {
        name: { value: "node", at: { line: 9 } },
        interval: { value: 15_000, at: { line: 10 } },
        timeout: { value: 15_000 },
        targets: [
          { address: "a:9100", at: { line: 13 }, labels: { role: "vm" } },
          { address: "b:9100", at: { line: 14 } },
        ],
        discoveries: [{ kind: "file", names: [{ value: "targets/*.json", at: { line: 17 } }] }],
      },
      {
        scheme: { value: "https" },
        interval: { value: 30_000, at: { line: 2 } },
        discoveries: [{ kind: "dns", type: { value: "A" }, port: { value: 8080 } }],
      },
    ]);
    expect(view).toMatchObject({
      ruleFiles: [{ value: "rules/*.yml", at: { line: 4 } }],
      alertmanagers: [{ targets: [{ address: "am:9093" }] }],
      remoteWrites: [{ url: { value: "http://m/api/v1/push" } }],
    });
  });

  it("feeds the relabelling: a meta label nobody sets wipes a label", () => {
    const [job] = view.jobs;
    const [target] = job?.targets ?? [];
    if (!job || !target) throw new Error("no target");
    const result = targetLabels(
      { __address__: target.address, ...target.labels },
      job.relabelings.map((entry) => entry.rule),
      targetSettings(job),
    );
    expect(result.lost).toEqual([{ name: "role", value: "vm", rule: 0 }]);
    expect(job.relabelings[0]?.at.line).toBe(19);
  });

  it("reads lists of jobs, file_sd files and rules", () => {
    expect(readPrometheusConfig(documentOf("- job_name: x\n", "prometheus")).jobs[0]?.name).toMatchObject({
      value: "x",
      at: { line: 1 },
    });
    expect(
      readFileTargets(documentOf("- targets: [a:1, b:2]\n  labels: {job: j}\n", "prometheus-file-sd")),
    ).toMatchObject([{ address: "a:1", labels: { job: "j" } }, { address: "b:2" }]);
    expect(
      readRules(
        documentOf(
          "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n    for: 5m\n",
          "prometheus-rules",
        ),
      ),
    ).toMatchObject([
      {
        group: "g",
        kind: "alert",
        name: "A",
        expr: { value: "up == 0", at: { line: 5 } },
        for: { value: "5m" },
      },
    ]);
  });
});

describe("loki.yaml", () => {
  it("knows where each value is set and what is a default", () => {
    const text = `server:
  grpc_listen_port: 9096
frontend_worker:
  frontend_address: 127.0.0.1:9095
common:
  path_prefix: /loki/
  ring: {kvstore: {store: inmemory}}
schema_config:
  configs:
    - {from: 2024-01-01, store: tsdb, object_store: filesystem, schema: v13, index: {prefix: i_, period: 24h}}
ingester:
  wal: {dir: wal}
`;
    const view = readLokiConfig(documentOf(text, "loki"));
    expect(view).toMatchObject({
      httpPort: { value: 3100 },
      grpcPort: { value: 9096, at: { line: 2 } },
      frontendAddress: { value: "127.0.0.1:9095", at: { line: 4 } },
      replicationFactor: { value: 3 },
      rings: [{ name: "common.ring", store: { value: "inmemory" } }],
      retentionEnabled: { value: false },
      structuredMetadata: { value: true },
      periods: [{ schema: { value: "v13" }, indexPeriod: { value: 86_400_000 } }],
    });
    expect(view.replicationFactor.at).toBeUndefined();
    expect(view.paths.find((path) => path.what === "wal")).toMatchObject({
      path: "wal",
      isRelative: true,
      isDerived: false,
      at: { line: 12 },
    });
    expect(view.paths.find((path) => path.what === "compactor")).toMatchObject({
      path: "/loki/compactor",
      isDerived: true,
    });
    expect(view.paths.find((path) => path.what === "index")).toMatchObject({
      path: "/loki/tsdb-shipper-active",
    });
  });

  it("defaults follow the version", () => {
    const doc = documentOf("auth_enabled: false\n", "loki");
    expect(readLokiConfig(doc, "2.9.4").structuredMetadata.value).toBe(false);
    expect(readLokiConfig(doc, "2.4.0").httpPort.value).toBe(80);
    expect(readLokiConfig(doc).paths).toMatchObject([{ what: "wal", path: "wal", isRelative: true }]);
  });
});

describe("versions", () => {
  it.each([
    ["v2.48.0", "2.48", undefined],
    ["2.4.2-amd64", "2.4.2", 0],
    ["3.5.3+ds1", "3.5.2", 1],
    ["3.0.0-rc.1", "3.0.0", -1],
    ["latest", "1.0.0", undefined],
    ["1.10.0", "1.9.9", 1],
    ["alpine-3.1.0", "3.1.0", 0],
    ["sha256:abc", "1.0.0", undefined],
    ["20240101", "1.0.0", undefined],
  ])("%s against %s", (a, b, expected) => {
    const order = compareVersions(a, b);
    expect(order === undefined ? undefined : Math.sign(order)).toBe(expected);
  });

  it("judges short tags by what they can become", () => {
    expect(isAtLeast("3", "3.0.0")).toBe(true);
    expect(isAtLeast("3", "3.2.0")).toBeUndefined();
    expect(isBefore("2", "3.0.0")).toBe(true);
    expect(isBefore(undefined, "3.0.0")).toBeUndefined();
  });

  it("finds settings a version does not know", () => {
    const doc = documentOf("frontend_worker:\n  parallelism: 10\ncompactor:\n  shared_store: s3\n", "loki");
    expect(unknownKeys(doc, "loki", "3.0.0")).toMatchObject([
      {
        change: { name: "frontend_worker.parallelism", replacement: "querier.max_concurrent" },
        why: "removed",
        at: { line: 2 },
      },
      { change: { name: "compactor.shared_store" }, at: { line: 4 } },
    ]);
    expect(unknownKeys(doc, "loki", "2.9.4")).toEqual([]);
    expect(
      unknownKeys(documentOf("scrape_config_files: [a]\n", "prometheus"), "prometheus", "v2.40.0"),
    ).toMatchObject([{ why: "not-yet" }]);
    expect(flagRefusal("prometheus", "storage.tsdb.retention", "3.1.0")).toMatchObject({
      why: "removed",
      replacement: "--storage.tsdb.retention.time",
    });
    expect(flagRefusal("prometheus", "storage.tsdb.retention", "2.48.0")).toBeUndefined();
    expect(cadvisorMetrics.has("accelerator")).toBe(false);
  });
});

describe("durations and globs", () => {
  it.each([
    ["15s", 15_000],
    ["1h30m", 5_400_000],
    ["168h0m0s", 604_800_000],
    ["1.5h", 5_400_000],
    ["2w", 1_209_600_000],
    ["0", 0],
    ["15", undefined],
    ["abc", undefined],
  ])("%s", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  it("formats and matches", () => {
    expect(formatDuration(5_415_000)).toBe("1h30m15s");
    expect(matchesGlob("/etc/p/rules/*.yml", "/etc/p/rules/a.yml")).toBe(true);
    expect(matchesGlob("/etc/p/*.yml", "/etc/p/rules/a.yml")).toBe(false);
    expect(matchesGlob("/a[0-9]?.y", "/a1x.y")).toBe(true);
    expect(besideFile("/etc/p/prometheus.yml", "../r/*.yml")).toBe("/etc/r/*.yml");
  });
});

describe("malformed values", () => {
  it("never throws", () => {
    const key = fc.constantFrom(
      "scrape_configs",
      "global",
      "job_name",
      "static_configs",
      "targets",
      "labels",
      "relabel_configs",
      "source_labels",
      "server",
      "common",
      "ring",
      "kvstore",
      "schema_config",
      "configs",
      "index",
      "groups",
      "rules",
      "expr",
      "memberlist",
      "join_members",
      "file_sd_configs",
      "files",
      "limits_config",
      "storage_config",
    );
    const { node } = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom<unknown>(null, 1, "x", true, ""),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(key, tie("node"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(node, (value) => {
        const doc: ConfigDocument = {
          at: { source: "x", line: 1 },
          kind: "loki",
          origin: "file",
          value,
          text: "",
          lines: {},
          duplicateKeys: [],
        };
        readPrometheusConfig(doc);
        readLokiConfig(doc);
        readRules(doc);
        readFileTargets(doc);
        unknownKeys(doc, "loki", "4.0.0");
      }),
      { numRuns: 1500 },
    );
  });
});
