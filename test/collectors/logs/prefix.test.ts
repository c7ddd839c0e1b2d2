// Every prefix a log line is pasted with, alone and nested.
import { expect, test } from "vitest";
import { stripPrefix } from "../../../src/collectors/logs/prefix.ts";

const message = 'level=error caller=main.go:1 msg="cannot start"';
const cases: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ["compose v1", `prometheus_1  | ${message}`, { container: "prometheus" }],
  ["compose v2", `loki-1  | ${message}`, { container: "loki" }],
  ["compose with container_name", `my-grafana     | ${message}`, { container: "my-grafana" }],
  ["the longest name has one blank", `alertmanager | ${message}`, { container: "alertmanager" }],
  ["podman-compose", `[loki] | ${message}`, { container: "loki" }],
  [
    "docker service logs",
    `mon_loki.1.k2v5q8z1x7w3@worker2    | ${message}`,
    { container: "mon_loki", host: "worker2" },
  ],
  ["kubectl --prefix", `[pod/loki-0/loki] ${message}`, { pod: "loki-0", container: "loki" }],
  [
    "kubectl --prefix --timestamps",
    `[pod/loki-0/loki] 2025-01-02T03:04:05.678901234Z ${message}`,
    { pod: "loki-0", container: "loki", timeMs: Date.UTC(2025, 0, 2, 3, 4, 5, 678) },
  ],
  ["kubectl --timestamps", `2025-01-02T03:04:05Z ${message}`, { timeMs: Date.UTC(2025, 0, 2, 3, 4, 5) }],
  ["CRI", `2025-01-02T05:04:05.5+02:00 stderr F ${message}`, { timeMs: Date.UTC(2025, 0, 2, 3, 4, 5, 500) }],
  ["syslog", `Dec  6 10:03:09 mon1 prometheus[1436]: ${message}`, { host: "mon1", process: "prometheus" }],
  [
    "syslog without pid",
    `Dec 16 10:03:09 mon1.example.org grafana-server: ${message}`,
    { host: "mon1.example.org", process: "grafana-server" },
  ],
  [
    "RFC 5424",
    `<30>1 2025-01-02T03:04:05Z mon1 loki 77 - - ${message}`,
    { host: "mon1", process: "loki", timeMs: Date.UTC(2025, 0, 2, 3, 4, 5) },
  ],
  [
    "journalctl -o short-iso",
    `2025-01-02T03:04:05+0100 mon1 loki[77]: ${message}`,
    { host: "mon1", process: "loki", timeMs: Date.UTC(2025, 0, 2, 2, 4, 5) },
  ],
  [
    "journalctl -o short-full",
    `Thu 2025-01-02 03:04:05 CET mon1 loki[77]: ${message}`,
    { host: "mon1", process: "loki" },
  ],
  ["stern", `loki-0 loki ${message}`, { pod: "loki-0", container: "loki" }],
  ["stern -A", `mon loki-0 loki ${message}`, { namespace: "mon", pod: "loki-0", container: "loki" }],
  ["kail", `mon/loki-0[loki]: ${message}`, { namespace: "mon", pod: "loki-0", container: "loki" }],
  [
    "kubetail",
    `[loki-write-7c9d8b6f5-x2x4z loki] ${message}`,
    { pod: "loki-write-7c9d8b6f5-x2x4z", container: "loki" },
  ],
  [
    "logcli",
    `2025-01-02T03:04:05Z {namespace="mon", pod="loki-0", container="loki"} ${message}`,
    { namespace: "mon", pod: "loki-0", container: "loki" },
  ],
  ["Explore, tab", `2025-01-02 03:04:05.000\t${message}`, { timeMs: Date.UTC(2025, 0, 2, 3, 4, 5) }],
  ["indented on GitHub", `    loki-1  | ${message}`, { container: "loki" }],
  [
    "journal of a compose unit",
    `Dec 16 10:03:09 mon1 docker-compose[99]: loki_1  | ${message}`,
    { host: "mon1", process: "docker-compose", container: "loki" },
  ],
];

test.each(cases)("%s", (_name, line, expected) => {
  const bare = stripPrefix(line);
  expect(bare).toMatchObject({ text: message, content: message, ...expected });
  expect(line).toContain(bare.text);
});

test("docker's json-file keeps the text as it stands and reads what it means", () => {
  const line = String.raw`{"log":"level=error msg=\"cannot start\" err=\"x\"\n","stream":"stderr","time":"2025-01-02T03:04:05.1Z"}`;
  const bare = stripPrefix(line);
  expect(bare.text).toBe(String.raw`level=error msg=\"cannot start\" err=\"x\"`);
  expect(bare.content).toBe('level=error msg="cannot start" err="x"');
  expect(bare.timeMs).toBe(Date.UTC(2025, 0, 2, 3, 4, 5, 100));
});

test("journalctl -o json names host and unit", () => {
  const line =
    '{"_HOSTNAME":"mon1","_SYSTEMD_UNIT":"loki.service","MESSAGE":"level=warn msg=late","PRIORITY":"6"}';
  expect(stripPrefix(line)).toMatchObject({ text: "level=warn msg=late", host: "mon1", process: "loki" });
});

test("what is no prefix stays", () => {
  for (const line of [
    "NAME   | IMAGE    | STATUS",
    "Error: INSTALLATION FAILED: cannot re-use a name that is still in use",
    '{"level":"error","msg":"cannot start"}',
    "2025 was a good year",
    "The pod loki-0 does not start",
  ]) {
    expect(stripPrefix(line).text).toBe(line);
  }
});
