// A port where nothing listens because the unit that would is stopped: the repair starts it, whatever else was read about the unit.
import { expect, test } from "vitest";
import { analyseFixture } from "../fixture.ts";

const evidence = (active: string, sub: string): Record<string, string> => ({
  "hosts/mon1/targets.txt":
    'Get "http://db5:9100/metrics": dial tcp 10.40.0.15:9100: connect: connection refused\n',
  "hosts/mon1/etc/hosts": "10.40.0.15 db5\n",
  "hosts/db5/ss.txt": `admin@db5:~$ sudo ss -ltnp
State    Recv-Q   Send-Q   Local Address:Port   Peer Address:Port   Process
LISTEN   0        128      0.0.0.0:22           0.0.0.0:*           users:(("sshd",pid=500,fd=3))
`,
  "hosts/db5/ip.txt": `admin@db5:~$ ip addr
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000
    link/ether 02:42:0a:28:00:0f brd ff:ff:ff:ff:ff:ff
    inet 10.40.0.15/24 scope global eth0
`,
  "hosts/db5/units.txt": `admin@db5:~$ systemctl list-units --all --no-pager --full --plain
UNIT                             LOAD   ACTIVE   SUB     DESCRIPTION
prometheus-node-exporter.service loaded ${active} ${sub}    Prometheus exporter for machine metrics
`,
  "hosts/db5/unit-file.txt": `admin@db5:~$ systemctl cat prometheus-node-exporter.service
# /lib/systemd/system/prometheus-node-exporter.service
[Unit]
Description=Prometheus exporter for machine metrics

[Service]
User=prometheus
ExecStart=/usr/bin/prometheus-node-exporter $ARGS

[Install]
WantedBy=multi-user.target
`,
});

const stepsOf = (active: string, sub: string) =>
  analyseFixture({ evidence: evidence(active, sub) })
    .report.findings.filter(({ rule }) => rule === "host/nothing-listens")
    .flatMap(({ fix }) => fix?.steps ?? []);

test("a stopped unit is started, also when its file was read, which says nothing about whether it runs", () => {
  expect(stepsOf("inactive", "dead")).toMatchObject([
    { do: "restart", what: { kind: "unit", host: "db5", name: "prometheus-node-exporter.service" } },
  ]);
});

test("a unit that failed is not simply started again", () => {
  expect(stepsOf("failed", "failed").filter((step) => step.do === "restart")).toEqual([]);
});
