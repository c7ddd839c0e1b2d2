// Pasted sessions of every shape people use, and files that must not be taken for one.
import { describe, expect, it } from "vitest";
import type { SourceOrigin } from "../../src/bundle/source-text.ts";
import { toSegments } from "../../src/bundle/to-segments.ts";
import type { Segment } from "../../src/model/evidence.ts";

function segmentsOf(text: string, origin: SourceOrigin = { source: "paste.txt" }): readonly Segment[] {
  return toSegments({ kind: "text", bytes: Buffer.from(text), ...origin });
}

const brief = (text: string) =>
  segmentsOf(text).map(({ command, host, path, startLine, text: body }) => ({
    startLine,
    ...(command === undefined ? {} : { command }),
    ...(host ? { host } : {}),
    ...(path ? { path } : {}),
    body,
  }));

const output = "NAME     READY   STATUS\nloki-0   0/1     Running";

describe("prompts", () => {
  const shapes: readonly [string, { host?: string }][] = [
    ["$ docker ps -a", {}],
    ["# docker ps -a", {}],
    ["> docker ps -a", {}],
    ["% docker ps -a", {}],
    ["+ docker ps -a", {}],
    ["me@mon:~/monitoring$ docker ps -a", { host: "mon" }],
    ["root@mon:/# docker ps -a", { host: "mon" }],
    ["root@mon:/opt/my stack# docker ps -a", { host: "mon" }],
    ["[root@mon opt]# docker ps -a", { host: "mon" }],
    ["[me@mon.lan ~]$ sudo docker ps -a", { host: "mon.lan" }],
    ["me@mon ~ % docker ps -a", { host: "mon" }],
    ["me@mon ~/dir> docker ps -a", { host: "mon" }],
    ["(venv) me@mon:~$ docker ps -a", { host: "mon" }],
    ["(⎈|prod:monitoring) me@mon:~$ docker ps -a", { host: "mon" }],
    ["[10:31:02] me@mon:~$ docker ps -a", { host: "mon" }],
    ["PS C:\\Users\\me> docker ps -a", {}],
    ["PS /home/me> docker ps -a", {}],
    ["C:\\Users\\me>docker ps -a", {}],
    ["➜  ~ docker ps -a", {}],
    ["➜  monitoring git:(main) ✗ docker ps -a", {}],
    ["❯ docker ps -a", {}],
    ["λ docker ps -a", {}],
    ["mon% docker ps -a", { host: "mon" }],
    ["mon# docker ps -a", { host: "mon" }],
    ["/ # docker ps -a", {}],
    ["/prometheus $ docker ps -a", {}],
    ["~ # docker ps -a", {}],
    ["bash-5.1$ docker ps -a", {}],
    ["sh-4.4# docker ps -a", {}],
    ["~/monitoring$ docker ps -a", {}],
    ["I have no name!@mon:/$ docker ps -a", { host: "mon" }],
    ["└─$ docker ps -a", {}],
    ["╰─❯ docker ps -a", {}],
    ["\ue0b0 me \ue0b0 ~/dir \ue0b0 main \ue0b0 docker ps -a", {}],
  ];
  it.each(shapes)("%s", (prompt, { host }) => {
    expect(brief(`${prompt}\n${output}\n`)).toEqual([
      { startLine: 2, command: "docker ps -a", ...(host ? { host } : {}), body: output },
    ]);
  });

  it("takes the host from the upper line of a two-line prompt", () => {
    expect(brief(`┌──(kali㉿mon)-[~/dir]\n└─$ df -h\n${output}`)).toMatchObject([
      { command: "df -h", host: "mon", body: output },
    ]);
  });

  it("keeps a command without output, on its own line", () => {
    expect(brief("$ grep -c error /var/log/x.log\n$ uptime\n 10:00 up")).toEqual([
      { startLine: 1, command: "grep -c error /var/log/x.log", body: "" },
      { startLine: 3, command: "uptime", body: "10:00 up" },
    ]);
  });
});

describe("wrapped commands", () => {
  it.each([
    ["ssh -p 22 ops@jenkins1 'docker ps -a'", "docker ps -a", { host: "jenkins1" }],
    ["ssh jenkins1 sudo ss -ltnp", "ss -ltnp", { host: "jenkins1" }],
    ["sudo -u prometheus ls -l /data", "ls -l /data", {}],
    ["watch -n 2 docker ps", "docker ps", {}],
    ["bash -c 'df -h'", "df -h", {}],
  ])("%s", (typed, command, place) => {
    expect(segmentsOf(`$ ${typed}\nout\n`)).toMatchObject([{ command, ...place, text: "out" }]);
  });

  it("keeps a time-out in front of the command whose exit status it explains", () => {
    expect(segmentsOf("$ timeout 5 df /mnt ; echo $?\n124")[0]?.command).toBe("timeout 5 df /mnt ; echo $?");
  });

  it.each([
    ["docker exec -it -u 0 loki cat /etc/loki/config.yaml", { container: "loki" }, "/etc/loki/config.yaml"],
    [
      "docker compose -f a.yml exec loki cat /etc/loki/config.yaml",
      { container: "loki" },
      "/etc/loki/config.yaml",
    ],
    [
      "kubectl exec -n monitoring prometheus-0 -c prometheus -- cat /etc/prometheus/prometheus.yml",
      { namespace: "monitoring", pod: "prometheus-0", container: "prometheus" },
      "/etc/prometheus/prometheus.yml",
    ],
    ["kubectl -n monitoring exec -it pod/loki-0 -- cat /x", { namespace: "monitoring", pod: "loki-0" }, "/x"],
  ])("%s", (typed, hints, path) => {
    const [segment] = segmentsOf(`$ ${typed}\na: 1\n`);
    expect(segment).toMatchObject({ command: `cat ${path}`, path, hints });
  });

  it("reads what kubectl logs and docker logs are about", () => {
    expect(
      segmentsOf(
        "$ kubectl logs loki-0 -c loki -n monitoring --previous\nx\n$ docker logs --tail 50 grafana 2>&1\ny",
      ),
    ).toMatchObject([
      { hints: { pod: "loki-0", container: "loki", namespace: "monitoring", previous: true } },
      { hints: { container: "grafana" } },
    ]);
  });

  it("does not place a cluster's answer on the laptop it was typed on", () => {
    const [pods, listeners] = segmentsOf("me@laptop:~$ kubectl get pods\nx\nme@laptop:~$ ss -ltn\ny");
    expect(pods?.host).toBeUndefined();
    expect(listeners?.host).toBe("laptop");
  });

  it("follows interactive shells until they are left", () => {
    const text = [
      "me@mon:~$ kubectl exec -it prometheus-0 -n monitoring -- sh",
      "/prometheus $ ls -ln /prometheus",
      "total 0",
      "/prometheus $ exit",
      "me@mon:~$ df -h",
      "x",
      "me@mon:~$ ssh jenkins1",
      "$ uptime",
      "up",
    ].join("\n");
    const [, inside, , outside, , far] = segmentsOf(text);
    expect(inside).toMatchObject({ hints: { pod: "prometheus-0", namespace: "monitoring" } });
    expect(inside?.host).toBeUndefined();
    expect(outside).toMatchObject({ command: "df -h", host: "mon" });
    expect(far).toMatchObject({ command: "uptime", host: "jenkins1" });
  });

  it("resolves a printed file against the prompt's folder", () => {
    expect(segmentsOf("root@mon:/opt/stack# cat prometheus.yml\na: 1")[0]?.path).toBe(
      "/opt/stack/prometheus.yml",
    );
    expect(segmentsOf("[root@mon ~]# tail -n 5 ~/a.log\nx")[0]?.path).toBe("/root/a.log");
    expect(segmentsOf("$ cat compose.yml\na: 1")[0]).toMatchObject({ hints: { file: "compose.yml" } });
  });
});

describe("commands over several lines", () => {
  it("joins continued lines", () => {
    expect(
      segmentsOf("$ docker run -d \\\n  -p 127.0.0.1:9100:9100 \\\n>  prom/node-exporter\n4f1c"),
    ).toMatchObject([
      { command: "docker run -d -p 127.0.0.1:9100:9100 prom/node-exporter", startLine: 4, text: "4f1c" },
    ]);
  });

  it("makes a file of a heredoc, also behind secondary prompts", () => {
    const text =
      "$ cat > /etc/a.yml <<'EOF'\n> a: 1\n> b: 2\n> EOF\n$ sudo tee /etc/b.yml <<EOF\nc: 3\nEOF\nc: 3";
    expect(segmentsOf(text)).toMatchObject([
      { path: "/etc/a.yml", startLine: 2, text: "a: 1\nb: 2" },
      { startLine: 1, text: "" },
      { path: "/etc/b.yml", startLine: 6, text: "c: 3" },
      { startLine: 8, text: "c: 3" },
    ]);
  });

  it("keeps an open quote together", () => {
    const text = "$ curl -d '{\n \"a\": 1\n}' http://loki:3100\nok";
    expect(segmentsOf(text)).toMatchObject([{ startLine: 4, text: "ok" }]);
  });
});

describe("separators", () => {
  it("names files and commands", () => {
    const text = [
      "==> /var/log/a.log <==",
      "one",
      "",
      "==> /var/log/b.log <==",
      "two",
      "=== docker ps -a ===",
      "three",
      "--- kubectl get pods -n monitoring ---",
      "four",
      "### prometheus.yml ###",
      "a: 1",
      "1. docker ps",
      "five",
      "## Logs of loki",
      "six",
      "Output of `df -h`:",
      "seven",
      "mon | CHANGED | rc=0 >>",
      "eight",
    ].join("\n");
    expect(segmentsOf(text)).toMatchObject([
      { path: "/var/log/a.log", startLine: 2, text: "one" },
      { path: "/var/log/b.log", startLine: 5, text: "two" },
      { command: "docker ps -a", text: "three" },
      { command: "kubectl get pods -n monitoring", text: "four" },
      { hints: { file: "prometheus.yml", component: "prometheus" }, text: "a: 1" },
      { command: "docker ps", text: "five" },
      { hints: { component: "loki" }, text: "six" },
      { command: "df -h", text: "seven" },
      { host: "mon", text: "eight" },
    ]);
  });

  it("splits notes at fences and keeps what the label says", () => {
    const text = [
      "Loki does not start since the update.",
      "",
      "docker-compose.yml:",
      "```yaml",
      "services:",
      "  loki:",
      "    image: grafana/loki",
      "```",
      "and this is what it says",
      "```",
      "$ docker logs loki",
      "level=error msg=x",
      "```",
    ].join("\n");
    expect(segmentsOf(text)).toMatchObject([
      { text: "Loki does not start since the update." },
      {
        startLine: 5,
        text: "services:\n  loki:\n    image: grafana/loki",
        hints: { file: "docker-compose.yml" },
      },
      { text: "and this is what it says" },
      { command: "docker logs loki", startLine: 12, text: "level=error msg=x" },
    ]);
  });

  it("ends an output where somebody starts to write", () => {
    const text =
      "$ docker ps\nCONTAINER ID   IMAGE\n\nAs you can see there is nothing running at all.\n$ df -h\nx";
    expect(segmentsOf(text)).toMatchObject([
      { command: "docker ps", text: "CONTAINER ID   IMAGE" },
      { startLine: 4 },
      { command: "df -h" },
    ]);
  });
});

describe("without prompts", () => {
  it("takes a command above its output", () => {
    const text = `kubectl get pods -n monitoring\n${output}\n\nThat is all I can see at the moment.\n\ndf -h\nFilesystem Size\n`;
    expect(segmentsOf(text)).toMatchObject([
      {
        command: "kubectl get pods -n monitoring",
        commandAt: 1,
        hints: { namespace: "monitoring" },
        text: output,
      },
      { text: "That is all I can see at the moment." },
      { command: "df -h", text: "Filesystem Size" },
    ]);
  });

  it("leaves instructions and sentences alone", () => {
    for (const text of [
      "Then run\n\nkubectl apply -f x.yaml\nand wait.",
      "kubectl get pods\nkubectl get nodes\nkubectl get events",
      "kubectl get pods shows that nothing is running there at all\nand so on",
      "docker run -d \\\n  -p 1:1 x\n",
    ]) {
      expect(segmentsOf(text).every((segment) => segment.command === undefined)).toBe(true);
    }
  });

  it("takes a cluster-info dump apart", () => {
    const text = [
      "{",
      '    "kind": "NodeList",',
      '    "items": []',
      "}",
      "{",
      '    "kind": "EventList",',
      '    "items": []',
      "}",
      "==== START logs for container loki of pod monitoring/loki-0 ====",
      "level=error msg=x",
      "==== END logs for container loki of pod monitoring/loki-0 ====",
      "{",
      '    "kind": "PodList"',
      "}",
    ].join("\n");
    expect(segmentsOf(text)).toMatchObject([
      { startLine: 1 },
      { startLine: 5 },
      {
        startLine: 10,
        text: "level=error msg=x",
        hints: { namespace: "monitoring", pod: "loki-0", container: "loki" },
      },
      { startLine: 12 },
    ]);
  });
});

describe("files that are no sessions", () => {
  const files: Readonly<Record<string, string>> = {
    "shell script": "#!/bin/bash\n# kubectl get pods\nset -e\n$ x\nkubectl get pods\n",
    "script without shebang":
      "set -e\nfor h in a b; do\n  ssh $h docker ps\ndone\nif [ -f x ]; then\n  echo hi\nfi\n# docker ps\n",
    "manifest with usage comment":
      "# kubectl apply -f x.yaml\n---\n# Namespace\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n",
    "manifest with reading comment":
      "# kubectl get pods -n monitoring\n# kubectl logs x\napiVersion: v1\nkind: Namespace\nmetadata:\n  name: x\n",
    dockerfile: 'FROM debian\n# docker build -t x .\nRUN apt-get update\nCMD ["x"]\n',
    log: "ts=2026-01-01T00:00:00Z level=info msg=a\n# docker ps\nts=2026-01-01T00:00:01Z level=info msg=b\nts=2026-01-01T00:00:01Z level=info msg=b\nts=2026-01-01T00:00:01Z level=info msg=b\n",
    promql: 'sum(rate(x{a="b"}[5m])) > 0\n# find the sum\nup == 0\n',
    exposition: "# HELP up x\n# TYPE up gauge\nup 1\n",
    iptables: "# Generated by iptables-save v1\n*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -j ACCEPT\nCOMMIT\n",
    certificate: "a: |\n  x\nb: |\n-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n",
    json: '{\n"a": [\n1\n]\n}\n',
    describe: "Name:  x\nContainers:\n  prometheus:\n    Image: x\n  loki:\n    Image: y\n",
    sql: "sqlite> SELECT 1;\n1|\n4|\n",
    diff: "--- a/x.yml\n+++ b/x.yml\n@@ -1,2 +1,2 @@\n-a: 1\n+ docker ps\n",
    "hosts file": "# static table\n127.0.0.1 localhost\n10.0.0.2 loki\n",
    "plain table": `${output}\n`,
  };
  it.each(Object.entries(files))("%s", (_, text) => {
    const segments = segmentsOf(text);
    expect(segments).toHaveLength(1);
    expect(segments[0]).toMatchObject({ startLine: 1 });
    expect(segments[0]?.command).toBeUndefined();
    expect(segments[0]?.text).toBe(text.trimEnd());
  });

  it("splits root's session although a config is printed in it", () => {
    const text =
      "# cat /etc/prometheus/prometheus.yml\nglobal:\n  scrape_interval: 15s\n# ls -l /data\ntotal 0\n";
    expect(segmentsOf(text)).toMatchObject([
      { path: "/etc/prometheus/prometheus.yml", text: "global:\n  scrape_interval: 15s" },
      { command: "ls -l /data", text: "total 0" },
    ]);
  });
});

it.each(["a: 1", "a: 1\n", "\n# ours\na: 1\n\n"])("a file that is not split keeps its path: %j", (text) => {
  const path = "/opt/promtail/config.yml";
  expect(segmentsOf(text, { source: "x", host: "ci1", path })).toMatchObject([{ path, host: "ci1" }]);
});
