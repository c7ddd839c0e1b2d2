// What becomes of whole texts: streams, components, previous logs, notes, failed dials.
import { describe, expect, test } from "vitest";
import { emittedTexts } from "../../../src/collectors/logs/emitted.ts";
import { logParsers } from "../../../src/collectors/logs/index.ts";
import { shapeOf } from "../../../src/collectors/logs/shape.ts";
import { collect, sinkOf } from "./collected.ts";

const dialOf = (line: string) => collect(line, []).dials.map(({ at: _at, tool: _tool, ...dial }) => dial);

describe("streams", () => {
  test("a compose log is one stream per container, each with its component", () => {
    const text = [
      "Attaching to grafana, loki, prometheus",
      'loki-1        | level=error ts=2025-01-02T03:04:05Z caller=main.go:1 msg="error running loki" err="mkdir wal: permission denied"',
      "grafana       | mkdir: cannot create directory '/var/lib/grafana/plugins': Permission denied",
      'prometheus-1  | ts=2025-01-02T03:04:05Z caller=main.go:1 level=error err="opening storage failed: permission denied"',
      "grafana exited with code 1",
    ].join("\n");
    const { lines } = collect(text, ["permission denied"]);
    expect(
      lines
        .filter(({ text: t }) => /denied/i.test(t))
        .map(({ component, container, streamId }) => [component, container, streamId]),
    ).toEqual([
      ["loki", "loki", "a.log:1#//loki//"],
      ["grafana", "grafana", "a.log:1#//grafana//"],
      ["prometheus", "prometheus", "a.log:1#//prometheus//"],
    ]);
    expect(lines.find(({ text: t }) => t.startsWith("grafana exited"))?.component).toBe("grafana");
  });

  test("the command names pod, container, namespace and the previous run", () => {
    const { lines } = collect("level=error msg=x\n", [], {
      command: "kubectl -n mon logs loki-0 -c loki --previous --tail=50 | tail -3",
    });
    expect(lines[0]).toMatchObject({
      namespace: "mon",
      pod: "loki-0",
      container: "loki",
      previous: true,
      component: "loki",
      stream: "log",
    });
  });

  test.each([
    ["docker logs -f --tail 20 grafana", "grafana"],
    ["ssh admin@mon1 'docker logs grafana 2>&1'", "grafana"],
    ["docker compose -f /srv/compose.yml logs grafana", "grafana"],
    ["sudo journalctl -u grafana-server --since today", "grafana"],
    ["kubectl logs deploy/monitoring-grafana -n mon", "grafana"],
    ["kubectl logs -p prometheus-0 -nmon config-reloader", "config-reloader"],
  ] as const)("%s", (command, component) => {
    expect(collect("level=error msg=x\n", [], { command }).lines[0]?.component).toBe(component);
  });

  test("kubectl's first line names the container of all others", () => {
    const text =
      'Defaulted container "prometheus" out of: prometheus, config-reloader\nlevel=error msg="x"\n';
    expect(collect(text, []).lines).toMatchObject([
      { index: 1, container: "prometheus", component: "prometheus" },
    ]);
  });

  test("a cluster-info dump says whose log begins and ends", () => {
    const text = [
      "==== START logs for container loki of pod mon/loki-0 ====",
      "level=error msg=one",
      "==== END logs for container loki of pod mon/loki-0 ====",
      "==== START logs for container sidecar of pod mon/loki-0 ====",
      "level=error msg=one",
      "==== END logs for container sidecar of pod mon/loki-0 ====",
    ].join("\n");
    const { lines } = collect(text, []);
    expect(lines.map(({ namespace, pod, container }) => `${namespace}/${pod}/${container}`)).toEqual([
      "mon/loki-0/loki",
      "mon/loki-0/sidecar",
    ]);
  });

  test("a line that says nothing belongs to the component of its stream", () => {
    const text = [
      'ts=2025-01-02T03:04:05Z caller=head.go:1 level=info component=tsdb msg="Replaying WAL"',
      'ts=2025-01-02T03:04:06Z caller=x.go:1 level=error msg="something else"',
    ].join("\n");
    expect(collect(text, []).lines.at(-1)).toMatchObject({ level: "error", component: "prometheus" });
  });

  test("in a stream of two components only a line itself can tell", () => {
    const text = [
      'level=info ts=2025-01-02T03:04:05Z caller=table_manager.go:1 msg="uploading tables"',
      'level=warn ts=2025-01-02T03:04:05Z caller=client.go:1 component=client host=loki:3100 msg="error sending batch, will retry"',
      "level=error msg=unclear",
    ].join("\n");
    expect(collect(text, []).lines.map(({ component }) => component)).toEqual([
      "loki",
      "promtail",
      undefined,
    ]);
  });

  test("systemd's own lines belong to the unit", () => {
    const text =
      "Mar 15 22:07:34 mon1 systemd[1]: alertmanager.service: Main process exited, code=exited, status=1/FAILURE\n";
    expect(collect(text, ["Main process exited"]).lines[0]).toMatchObject({
      component: "alertmanager",
      host: "mon1",
    });
  });
});

describe("what is a log", () => {
  test.each([
    ["log", "level=info msg=x\nlevel=error msg=y\n"],
    ["note", "Grafana shows no data since yesterday.\nWe changed nothing.\n"],
    ["code", "#!/usr/bin/env bash\necho 'permission denied'\n"],
    ["code", 'set -e\nif [ -z "$x" ]; then\n  echo "Error: cannot open"\n  exit 1\nfi\n'],
    ["config", "server:\n  http_listen_port: 3100\nschema_config:\n  configs:\n    - from: 2024-01-01\n"],
    ["config", "[server]\nroot_url = http://x\n[auth]\nenabled = true\n"],
    ["config", 'loki.write "default" {\n  endpoint {\n    url = "http://loki:3100"\n  }\n}\n'],
    ["config", '{\n  "kind": "List",\n  "items": []\n}\n'],
    ["log", '{"level":"info","msg":"a"}\n{"level":"error","msg":"b"}\n'],
    ["markup", "<html>\n<body>\n<h1>502</h1>\n</body>\n</html>\n"],
  ] as const)("%s", (shape, text) => {
    expect(shapeOf(text)).toBe(shape);
    const score = logParsers([])[0]?.recognise({ source: "x", startLine: 1, text });
    expect((score ?? 0) > 0).toBe(shape === "log" || shape === "note");
  });

  test("prose is a note, and a configuration pasted into it is not evidence of an error", () => {
    const text = [
      "Since the upgrade Prometheus says permission denied, see below.",
      "",
      "My values:",
      "alerting:",
      "  rules:",
      "    - alert: DiskFull",
      "      summary: no space left on device",
      "",
      "Any idea what is wrong here?",
    ].join("\n");
    const { lines } = collect(text, ["permission denied", "no space left on device"]);
    expect(lines.map(({ index, stream, component }) => [index, stream, component])).toEqual([
      [0, "note", undefined],
      [2, "note", undefined],
      [8, "note", undefined],
    ]);
  });
});

describe("failed dials", () => {
  test.each([
    [
      'err="Get \\"http://10.0.0.7:9100/metrics\\": dial tcp 10.0.0.7:9100: connect: connection refused"',
      { targetHost: "10.0.0.7", targetPort: 9100, outcome: "refused" },
    ],
    [
      'error="Post \\"http://loki:3100/loki/api/v1/push\\": dial tcp: lookup loki on 127.0.0.11:53: no such host"',
      {
        target: "http://loki:3100/loki/api/v1/push",
        targetHost: "loki",
        targetPort: 3100,
        outcome: "nxdomain",
        resolver: "127.0.0.11",
      },
    ],
    [
      'err="Post \\"http://loki:3100/push\\": dial tcp 172.18.0.4:3100: connect: no route to host"',
      { targetHost: "loki", targetPort: 3100, outcome: "no-route", addresses: ["172.18.0.4"] },
    ],
    [
      'err="dial tcp: lookup mimir on 10.96.0.10:53: read udp 10.1.2.3:4444->10.96.0.10:53: i/o timeout"',
      { targetHost: "mimir", outcome: "dns-failure", resolver: "10.96.0.10" },
    ],
    [
      'err="dial tcp: lookup loki on 127.0.0.11:53: server misbehaving"',
      { targetHost: "loki", outcome: "dns-failure" },
    ],
    [
      'err="dial tcp [fd00::1]:9090: connect: network is unreachable"',
      { targetHost: "fd00::1", targetPort: 9090, outcome: "network-unreachable" },
    ],
    ['err="dial tcp 10.0.0.7:9100: i/o timeout"', { targetHost: "10.0.0.7", outcome: "timeout" }],
    ['err="dial tcp 10.0.0.7:9100: getsockopt: connection refused"', { outcome: "refused" }],
    [
      'err="Get \\"http://node1:9100/metrics\\": context deadline exceeded"',
      { targetHost: "node1", targetPort: 9100, outcome: "timeout" },
    ],
    [
      'err="Get http://node1:9100/metrics: net/http: request canceled (Client.Timeout exceeded while awaiting headers)"',
      { targetHost: "node1", outcome: "timeout" },
    ],
    [
      'err="Get \\"https://node1:10250/metrics\\": x509: certificate signed by unknown authority"',
      { targetHost: "node1", targetPort: 10250, outcome: "tls" },
    ],
    [
      'err="Get \\"https://node1:9100/metrics\\": http: server gave HTTP response to HTTPS client"',
      { outcome: "tls" },
    ],
    [
      'err="Post \\"http://am:9093/api/v2/alerts\\": EOF"',
      { targetHost: "am", targetPort: 9093, outcome: "reset" },
    ],
    [
      'err="read tcp 10.1.2.3:40000->10.0.0.7:9100: read: connection reset by peer"',
      { targetHost: "10.0.0.7", targetPort: 9100, outcome: "reset" },
    ],
    [
      'level=warn component=client host=loki:3100 status=503 error="server returned HTTP status 503 Service Unavailable (503): x"',
      { targetHost: "loki", targetPort: 3100, outcome: "http-error", httpStatus: 503 },
    ],
    [
      'level=debug scrape_pool=node target=http://10.0.0.9:9100/metrics msg="Scrape failed" err="context deadline exceeded"',
      { targetHost: "10.0.0.9", targetPort: 9100, outcome: "timeout" },
    ],
  ])("%s", (line, expected) => {
    expect(dialOf(line)).toEqual([expect.objectContaining(expected)]);
  });

  test("a lookup without a verdict and a timeout without a target say nothing", () => {
    expect(dialOf("dial tcp: lookup loki")).toEqual([]);
    expect(dialOf('level=error err="context deadline exceeded"')).toEqual([]);
  });

  test("are folded per target, with who dialled", () => {
    const row = (second: number, target: string) =>
      `[pod/prometheus-0/prometheus] ts=2025-01-02T03:04:0${second}Z level=warn msg="Scrape failed" err="dial tcp ${target}:9100: connect: connection refused"`;
    const text = [row(1, "10.0.0.1"), row(2, "10.0.0.2"), row(3, "10.0.0.1"), row(4, "10.0.0.1")].join("\n");
    expect(collect(text, []).dials).toMatchObject([
      {
        at: { line: 4 },
        targetHost: "10.0.0.1",
        count: 3,
        fromPod: "prometheus-0",
        fromContainer: "prometheus",
        fromComponent: "prometheus",
        timeMs: Date.UTC(2025, 0, 2, 3, 4, 4),
      },
      { at: { line: 2 }, targetHost: "10.0.0.2" },
    ]);
  });
});

describe("texts of other parsers", () => {
  test("keep what a pattern asks for, with the object they are about", () => {
    const { emit, facts } = sinkOf();
    const take = emittedTexts(
      { source: "events.txt", startLine: 1, text: "" },
      ["failed to sync {what}"],
      emit,
    );
    take({ text: "Back-off restarting failed container", line: 2, stream: "event", pod: "loki-0" });
    take({
      text: "MountVolume.SetUp failed: failed to sync configmap cache",
      line: 3,
      stream: "event",
      pod: "loki-0",
      namespace: "mon",
      count: 4,
    });
    take({
      text: 'Readiness probe failed: Get "http://10.1.0.8:3100/ready": dial tcp 10.1.0.8:3100: connect: connection refused',
      line: 4,
      stream: "event",
      pod: "loki-0",
    });
    expect(facts["text.lines"]).toMatchObject([
      { at: { line: 3 }, stream: "event", pod: "loki-0", namespace: "mon", count: 4 },
    ]);
    expect(facts["host.dials"]).toMatchObject([
      { fromComponent: "kubelet", targetPort: 3100, outcome: "refused" },
    ]);
  });
});
