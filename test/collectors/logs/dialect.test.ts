// Every dialect of log lines gives level, time, message and fields.
import { expect, test } from "vitest";
import { readDialect } from "../../../src/collectors/logs/dialect.ts";

const time = Date.UTC(2025, 0, 2, 3, 4, 5, 678);
const cases: readonly (readonly [string, string, Record<string, unknown>])[] = [
  [
    "go-kit",
    'ts=2025-01-02T03:04:05.678Z caller=main.go:12 level=error component=tsdb msg="a \\"b\\"" err="x: y"',
    { dialect: "logfmt", level: "error", timeMs: time, msg: 'a "b"', file: "main.go", components: ["tsdb"] },
  ],
  [
    "go-kit, level first",
    "level=warn ts=2025-01-02T03:04:05.678901Z caller=scrape.go:1 msg=late",
    { level: "warn", timeMs: time, msg: "late", file: "scrape.go" },
  ],
  ["without time and caller", 'level=error msg="x"', { level: "error", msg: "x" }],
  [
    "cut at the beginning",
    'media_type="" err="no protocol given"',
    { dialect: "logfmt", fields: { media_type: "", err: "no protocol given" } },
  ],
  [
    "slog",
    'time=2025-01-02T03:04:05.678Z level=ERROR source=main.go:12 msg="x"',
    { level: "error", timeMs: time, msg: "x", file: "main.go" },
  ],
  [
    "klog",
    "E0102 03:04:05.678901       1 reflector.go:156] pkg/x: Failed to list *v1.Pod",
    { dialect: "klog", level: "error", msg: "pkg/x: Failed to list *v1.Pod", file: "reflector.go" },
  ],
  [
    "structured klog",
    'W0102 03:04:05.678901   77 kubelet.go:9] "Cannot do it" err="late" pod="mon/loki-0"',
    { level: "warn", msg: "Cannot do it", fields: { err: "late", pod: "mon/loki-0" } },
  ],
  [
    "JSON",
    '{"caller":"main.go:7","level":"error","ts":"2025-01-02T03:04:05.678Z","msg":"a \\"b\\"","err":"x"}',
    { dialect: "json", level: "error", timeMs: time, msg: 'a "b"', file: "main.go" },
  ],
  [
    "JSON of zap",
    '{"level":"warn","ts":1735787045.678,"logger":"controller","msg":"x"}',
    { level: "warn", timeMs: time },
  ],
  [
    "JSON of slog",
    '{"time":"2025-01-02T03:04:05.678Z","level":"WARN","source":{"function":"f","file":"/a/b.go","line":3},"msg":"x"}',
    { level: "warn", file: "b.go" },
  ],
  [
    "JSON cut off",
    '{"level":"error","msg":"a \\"b\\"","err":"and then it',
    { level: "error", msg: 'a "b"', fields: { err: "and then it" } },
  ],
  [
    "Prometheus 1",
    'time="2025-01-02T03:04:05.678Z" level=error msg="x" source="main.go:139"',
    { level: "error", timeMs: time, file: "main.go" },
  ],
  [
    "Grafana 8",
    "t=2025-01-02T03:04:05.678+0000 lvl=eror msg=x logger=migrator",
    { level: "error", timeMs: time },
  ],
  [
    "Grafana 9",
    "logger=migrator t=2025-01-02T04:04:05.678+01:00 level=crit msg=x",
    { level: "fatal", timeMs: time },
  ],
  ["dockerd", 'time="2025-01-02T03:04:05.678Z" level=warning msg="x" module=grpc', { level: "warn" }],
  ["logrus on a terminal", "FATA[0003] cannot open file   path=/x", { dialect: "logrus", level: "fatal" }],
  ["panic", "panic: Unable to create mmap-ed active query log", { dialect: "panic", level: "fatal" }],
  [
    "nginx",
    "2025/01/02 03:04:05 [error] 31#31: *1 connect() failed",
    { dialect: "nginx", level: "error", msg: "connect() failed" },
  ],
  ["Go's log", "2025/01/02 03:04:05 Error refreshing: x", { level: "error", timeMs: time - 678 }],
  ["CoreDNS", "[ERROR] plugin/errors: 2 loki. A: read udp: i/o timeout", { level: "error" }],
  ["zap console", "ERROR\tcontroller\tcannot reconcile", { level: "error" }],
  [
    "HAProxy",
    "[ALERT]    (8) : backend 'mon' has no server available!",
    { dialect: "haproxy", level: "error" },
  ],
  ["Ansible", 'fatal: [mon1]: FAILED! => {"msg": "x"}', { dialect: "ansible", level: "error" }],
  ["helm", "Error: UPGRADE FAILED: another operation is in progress", { dialect: "command", level: "error" }],
  [
    "kubectl",
    'Error from server (Forbidden): pods is forbidden: User "x"',
    { dialect: "command", level: "error" },
  ],
  ["kingpin", "prometheus: error: unknown long flag '--x'", { dialect: "command", level: "error" }],
  ["plain", "exec format error", { dialect: "plain", msg: "exec format error" }],
];

test.each(cases)("%s", (_name, line, expected) => {
  expect(readDialect(line)).toMatchObject(expected);
});

test("an info line that speaks of errors is an info line", () => {
  expect(readDialect('level=info msg="no error" err=null').level).toBe("info");
  expect(readDialect('{"level":"info","msg":"error rate is 0"}').level).toBe("info");
});
