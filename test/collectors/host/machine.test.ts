// Accounts, clocks, addresses, routes, switches, mounts, processes, units: the everyday commands of a machine.
import { describe, expect, test } from "vitest";
import { hostParsers } from "../../../src/collectors/host/index.ts";
import type { FactId, FactTypes } from "../../../src/model/facts.ts";
import { factsOf, winnerOf } from "../facts-of.ts";

/** Facts of one family from the parser that wins the text. */
function facts<Id extends FactId>(id: Id, text: string, command?: string): readonly FactTypes[Id][] {
  const winner = winnerOf(hostParsers, text, command);
  const parser = hostParsers.find((candidate) => candidate.id === winner);
  if (!parser) throw new Error(`nobody recognises: ${text}`);
  return factsOf(parser, text, command).facts[id] as readonly FactTypes[Id][];
}

test("accounts", () => {
  expect(
    facts("host.users", "uid=110(promtail) gid=65534(nogroup) groups=65534(nogroup),4(adm)"),
  ).toMatchObject([
    { name: "promtail", uid: 110, gid: 65534, groups: [{ gid: 65534 }, { gid: 4, name: "adm" }] },
  ]);
  expect(
    facts(
      "host.users",
      "nobody:x:99:99:Nobody:/:/sbin/nologin\ngrafana:x:472:0::/usr/share/grafana:/bin/false",
    ),
  ).toMatchObject([
    { name: "nobody", uid: 99 },
    { name: "grafana", uid: 472, gid: 0 },
  ]);
  expect(facts("host.users", "472", "id -u grafana")).toMatchObject([{ name: "grafana", uid: 472 }]);
});

describe("clocks", () => {
  test("labelled lines of two machines, in several formats", () => {
    const [a, b] = facts(
      "host.clocks",
      "mon: Thu Sep 10 18:22:31 UTC 2026\nagent: Thu 10 Sep 2026 04:32:04 PM UTC",
    );
    expect([a?.host, b?.host]).toEqual(["mon", "agent"]);
    expect((a?.nowMs ?? 0) - (b?.nowMs ?? 0)).toBe(6_627_000);
    expect(facts("host.clocks", "2026-09-10T18:22:31+02:00", "date -Iseconds")[0]?.nowMs).toBe(
      Date.UTC(2026, 8, 10, 16, 22, 31),
    );
    expect(facts("host.clocks", "Do 10. Sep 18:22:31 CEST 2026", "date")[0]?.nowMs).toBe(
      Date.UTC(2026, 8, 10, 16, 22, 31),
    );
  });

  test("timedatectl, chronyc, ntpq", () => {
    const text =
      "               Local time: Thu 2026-09-10 18:22:31 CEST\n           Universal time: Thu 2026-09-10 16:22:31 UTC\nSystem clock synchronized: no\n              NTP service: inactive";
    expect(facts("host.clocks", text)).toMatchObject([
      { synchronised: false, ntpActive: false, nowMs: Date.UTC(2026, 8, 10, 16, 22, 31), at: { line: 3 } },
    ]);
    const tracking =
      "Reference ID    : 00000000 ()\nStratum         : 0\nSystem time     : 6627.000000 seconds slow of NTP time\nLeap status     : Not synchronised";
    expect(facts("host.clocks", tracking)).toMatchObject([
      { synchronised: false, offsetSeconds: -6627, at: { line: 4 } },
    ]);
    const peers =
      "     remote           refid      st t when poll reach   delay   offset  jitter\n==============================================================================\n*10.0.0.1        .GPS.            1 u   33   64  377    0.512   -1.250   0.041";
    expect(facts("host.clocks", peers)).toMatchObject([{ synchronised: true, offsetSeconds: 0.00125 }]);
  });
});

test("addresses in all three layouts", () => {
  const ip =
    "2: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue state UP group default qlen 1000\n    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff\n    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\n       valid_lft forever preferred_lft forever\n    inet6 fe80::1/64 scope link";
  expect(facts("host.addresses", ip)).toMatchObject([
    { device: "eth0", cidr: "10.0.0.5/24", up: true, mtu: 1450, at: { line: 3 } },
    { cidr: "fe80::1/64" },
  ]);
  expect(facts("host.settings", ip)).toMatchObject([{ name: "mtu eth0", value: "1450" }]);
  const old =
    "docker0: flags=4099<UP,BROADCAST,MULTICAST>  mtu 1500\n        inet 172.17.0.1  netmask 255.255.0.0  broadcast 172.17.255.255\n        ether 02:42:00:00:00:01  txqueuelen 0";
  expect(facts("host.addresses", old)).toMatchObject([
    { device: "docker0", cidr: "172.17.0.1/16", mtu: 1500 },
  ]);
  expect(facts("host.addresses", "br-1a2b3c4d5e6f  DOWN  172.28.0.1/16 ", "ip -br addr")).toMatchObject([
    { device: "br-1a2b3c4d5e6f", up: false },
  ]);
});

test("routes and neighbours", () => {
  const ip =
    "default via 10.0.0.1 dev eth0 proto dhcp src 10.0.0.5 metric 100\n172.28.0.0/16 dev br-1a2b proto kernel scope link src 172.28.0.1 linkdown\nunreachable 10.9.0.0/16";
  expect(facts("host.routes", `${ip}`)).toMatchObject([
    { destination: "0.0.0.0/0", gateway: "10.0.0.1", device: "eth0", source: "10.0.0.5" },
    { destination: "172.28.0.0/16", device: "br-1a2b" },
    { destination: "10.9.0.0/16", device: "unreachable" },
  ]);
  const table =
    "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface\n0.0.0.0         10.3.0.1        0.0.0.0         UG    100    0        0 eth0\n172.28.0.0      0.0.0.0         255.255.0.0     U     0      0        0 br-1a2b";
  expect(facts("host.routes", table)).toMatchObject([
    { destination: "0.0.0.0/0", gateway: "10.3.0.1" },
    { destination: "172.28.0.0/16", device: "br-1a2b" },
  ]);
  expect(facts("host.settings", "10.0.0.9 dev eth0  FAILED", "ip neigh")).toMatchObject([
    { name: "neighbour 10.0.0.9", value: "FAILED" },
  ]);
});

describe("name resolution, ping, TLS", () => {
  const dial = (text: string, command?: string) => facts("host.dials", text, command)[0];

  test("nslookup, dig, host, getent", () => {
    expect(
      dial(
        "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11#53\n\n** server can't find loki: NXDOMAIN",
        "docker exec g nslookup loki",
      ),
    ).toMatchObject({
      target: "loki",
      outcome: "nxdomain",
      resolver: "127.0.0.11",
      fromContainer: "g",
      at: { line: 4 },
    });
    expect(
      dial(
        "Server:    10.96.0.10\nAddress 1: 10.96.0.10 kube-dns\n\nName:      loki\nAddress 1: 10.244.1.7 loki-0",
        "nslookup loki",
      ),
    ).toMatchObject({ outcome: "connected", addresses: ["10.244.1.7"] });
    expect(dial(";; connection timed out; no servers could be reached", "nslookup loki")).toMatchObject({
      outcome: "timeout",
    });
    expect(
      dial(
        "; <<>> DiG 9.18 <<>> loki\n;; ->>HEADER<<- opcode: QUERY, status: SERVFAIL, id: 1\n;loki.\t\t\tIN\tA\n;; SERVER: 10.0.0.1#53(10.0.0.1)",
      ),
    ).toMatchObject({ target: "loki", outcome: "dns-failure", resolver: "10.0.0.1" });
    expect(dial("10.0.0.7", "dig +short loki.example")).toMatchObject({
      target: "loki.example",
      addresses: ["10.0.0.7"],
    });
    expect(dial("Host loki not found: 3(NXDOMAIN)")).toMatchObject({ target: "loki", outcome: "nxdomain" });
    expect(dial("172.17.0.1      host.docker.internal", "getent hosts host.docker.internal")).toMatchObject({
      outcome: "connected",
      addresses: ["172.17.0.1"],
    });
    expect(dial("", "getent hosts loki")).toMatchObject({ target: "loki", outcome: "nxdomain" });
  });

  test("ping", () => {
    expect(
      dial(
        "PING mon (10.0.0.5) 56(84) bytes of data.\n64 bytes from mon (10.0.0.5): icmp_seq=1 ttl=64 time=0.1 ms",
      ),
    ).toMatchObject({ target: "mon", outcome: "connected", addresses: ["10.0.0.5"] });
    expect(
      dial("From 172.28.0.1 icmp_seq=1 Destination Host Unreachable", "ping -c1 172.28.4.10"),
    ).toMatchObject({ target: "172.28.4.10", outcome: "no-route" });
    expect(
      dial(
        "PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.\n\n--- 10.0.0.9 ping statistics ---\n3 packets transmitted, 0 received, 100% packet loss, time 2034ms",
      ),
    ).toMatchObject({ outcome: "timeout" });
    expect(dial("ping: loki: Name or service not known", "ping loki")).toMatchObject({
      target: "loki",
      outcome: "nxdomain",
    });
  });

  test("openssl, exit status", () => {
    const tls =
      "CONNECTED(00000003)\ndepth=0 CN = mon\nverify error:num=18:self-signed certificate\nVerify return code: 18 (self-signed certificate)";
    expect(dial(tls, "openssl s_client -connect mon:9093")).toMatchObject({
      targetHost: "mon",
      targetPort: 9093,
      outcome: "tls",
    });
    expect(dial("124", "timeout 5 df /mnt/nas ; echo $?")).toMatchObject({
      tool: "df",
      target: "/mnt/nas",
      outcome: "timeout",
    });
    expect(dial("0", "nc -z mon 9100; echo $?")).toMatchObject({ tool: "nc", outcome: "connected" });
  });
});

test("name files and switches", () => {
  expect(
    facts("host.settings", "# made by x\nnameserver 127.0.0.53\nsearch lan\noptions edns0"),
  ).toMatchObject([{ name: "resolv.conf nameserver", value: "127.0.0.53" }, {}, {}]);
  expect(facts("host.settings", "127.0.0.1 localhost\n10.0.0.5 mon mon.lan # main")).toMatchObject([
    { name: "hosts localhost" },
    { name: "hosts mon", value: "10.0.0.5" },
    { name: "hosts mon.lan" },
  ]);
  expect(
    facts("host.settings", "fs.inotify.max_user_instances = 128\nnet.ipv4.ip_forward = 0"),
  ).toMatchObject([
    { name: "fs.inotify.max_user_instances", value: "128" },
    { name: "net.ipv4.ip_forward", value: "0" },
  ]);
  expect(facts("host.settings", "8192", "cat /proc/sys/fs/inotify/max_user_watches")).toMatchObject([
    { name: "fs.inotify.max_user_watches", value: "8192" },
  ]);
  expect(facts("host.settings", "128", "sysctl -n fs.inotify.max_user_instances")).toMatchObject([
    { name: "fs.inotify.max_user_instances" },
  ]);
  expect(facts("host.settings", "Enforcing", "getenforce")).toMatchObject([
    { name: "selinux", value: "Enforcing" },
  ]);
  expect(
    facts(
      "host.settings",
      "SELinux status:                 enabled\nCurrent mode:                   permissive",
    ),
  ).toMatchObject([{ name: "selinux", value: "Permissive" }]);
  expect(facts("host.settings", "1024", "docker exec p ulimit -n")).toMatchObject([
    { name: "ulimit -n", value: "1024", container: "p" },
  ]);
  expect(
    facts(
      "host.settings",
      "core file size              (blocks, -c) 0\nopen files                          (-n) 1024",
    ),
  ).toMatchObject([{ name: "ulimit -c" }, { name: "ulimit -n", value: "1024" }]);
  expect(
    facts(
      "host.versions",
      "Linux mon 6.1.0-18-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01) x86_64 GNU/Linux",
    ),
  ).toMatchObject([{ of: "kernel", version: "6.1.0-18-amd64" }]);
  expect(facts("host.settings", 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian')).toMatchObject([
    { name: "os", value: "Debian GNU/Linux 12 (bookworm)" },
  ]);
  const memory =
    "               total        used        free      shared  buff/cache   available\nMem:           1.9Gi       1.7Gi        80Mi       2.0Mi       150Mi       100Mi\nSwap:             0B          0B          0B";
  expect(facts("host.settings", memory)).toContainEqual(
    expect.objectContaining({ name: "memory available bytes", value: String(100 * 1024 ** 2) }),
  );
});

test("mounts", () => {
  expect(
    facts(
      "host.mounts",
      "nas:/export on /mnt/nas type nfs4 (rw,relatime,hard)\n/dev/sda1 on / type ext4 (ro)",
    ),
  ).toMatchObject([
    { source: "nas:/export", target: "/mnt/nas", type: "nfs4", options: ["rw", "relatime", "hard"] },
    { target: "/", options: ["ro"] },
  ]);
  expect(
    facts(
      "host.mounts",
      "# <fs> <mp>\nUUID=ab-cd / ext4 errors=remount-ro 0 1\n//filer/share /mnt/my\\040share cifs rw 0 0",
    ),
  ).toMatchObject([
    { isDeclared: true, target: "/" },
    { source: "//filer/share", target: "/mnt/my share" },
  ]);
  expect(facts("host.mounts", "private", "findmnt -no PROPAGATION /")).toMatchObject([
    { target: "/", propagation: "private" },
  ]);
  expect(
    facts(
      "host.mounts",
      "TARGET SOURCE    FSTYPE OPTIONS\n/      /dev/sda1 ext4   rw,relatime\n└─/sys sysfs     sysfs  rw",
    ),
  ).toMatchObject([{ target: "/", source: "/dev/sda1" }, { target: "/sys" }]);
  expect(
    facts(
      "host.files",
      "14G\t/var/lib/docker/containers/ab/ab-json.log",
      "du -sh /var/lib/docker/containers/ab/ab-json.log",
    ),
  ).toMatchObject([{ size: 14 * 1024 ** 3, isTotal: true }]);
});

test("processes and units", () => {
  const ps =
    "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nprom        1234  1.0  2.0 100000 20000 ?        Ssl  Mar01  10:00 /usr/bin/prometheus --config.file=/etc/p.yml --web.listen-address=127.0.0.1:9090";
  expect(facts("host.processes", ps)).toMatchObject([
    {
      pid: 1234,
      user: "prom",
      argv: ["/usr/bin/prometheus", "--config.file=/etc/p.yml", "--web.listen-address=127.0.0.1:9090"],
    },
  ]);
  expect(
    facts(
      "host.processes",
      "root 1 0 0 10:00 ? 00:00:01 /usr/bin/loki -config.file=/x",
      "ps -ef | grep loki",
    ),
  ).toMatchObject([{ pid: 1, argv: ["/usr/bin/loki", "-config.file=/x"] }]);
  expect(
    facts(
      "host.processes",
      "/usr/local/bin/node_exporter --collector.systemd \\\n  --web.listen-address=:9200",
    ),
  ).toMatchObject([
    { argv: ["/usr/local/bin/node_exporter", "--collector.systemd", "--web.listen-address=:9200"] },
  ]);
  const status = [
    "● prometheus.service - Prometheus",
    "     Loaded: loaded (/etc/systemd/system/prometheus.service; enabled; preset: enabled)",
    "     Active: failed (Result: exit-code) since Thu 2026-03-15 22:07:34 UTC; 5s ago",
    "    Process: 1234 ExecStart=/usr/local/bin/prometheus --config.file=/etc/p.yml (code=exited, status=2)",
    "   Main PID: 1234 (code=exited, status=2)",
    "",
    "Mar 15 22:07:34 mon prometheus[1234]: level=error msg=boom",
  ].join("\n");
  const parser = hostParsers.find((candidate) => candidate.id === "systemctl-status");
  if (!parser) throw new Error("no parser");
  const read = factsOf(parser, status);
  expect(read.facts["host.units"]).toMatchObject([
    {
      name: "prometheus.service",
      active: "failed",
      result: "exit-code",
      enabled: "enabled",
      exitStatus: 2,
      at: { line: 3 },
    },
  ]);
  expect(read.facts["host.processes"]).toMatchObject([
    { argv: ["/usr/local/bin/prometheus", "--config.file=/etc/p.yml"], unit: "prometheus.service" },
  ]);
  expect(read.children.map((child) => [child.startLine, child.text])).toEqual([
    [7, "Mar 15 22:07:34 mon prometheus[1234]: level=error msg=boom"],
  ]);
  expect(
    facts(
      "host.units",
      "  UNIT                LOAD   ACTIVE SUB     DESCRIPTION\n● chrony.service      loaded failed failed  chrony, an NTP client",
    ),
  ).toMatchObject([{ name: "chrony.service", active: "failed", sub: "failed" }]);
  expect(facts("host.units", "inactive", "systemctl is-active systemd-timesyncd")).toMatchObject([
    { name: "systemd-timesyncd.service", active: "inactive" },
  ]);
  const unit =
    "# /etc/systemd/system/loki.service\n[Unit]\nDescription=Loki\n[Service]\nUser=loki\nExecStart=/usr/bin/loki \\\n  -config.file=/etc/loki.yml\nLimitNOFILE=1024";
  expect(facts("host.processes", unit)).toMatchObject([
    {
      argv: ["/usr/bin/loki", "-config.file=/etc/loki.yml"],
      user: "loki",
      unit: "loki.service",
      isDeclared: true,
    },
  ]);
});

test("metrics", () => {
  const text =
    '# HELP up Whether\n# TYPE up gauge\nup{job="node",instance="a:9100"} 0\nnode_load1 0.5 1700000000000\nx_bucket{le="+Inf"} 5 # {trace="a"} 1\nup{job="x} broken';
  expect(facts("metrics.samples", text)).toMatchObject([
    { name: "up", labels: { job: "node" }, value: 0, at: { line: 3 } },
    { name: "node_load1", value: 0.5 },
    { name: "x_bucket", labels: { le: "+Inf" } },
  ]);
  expect(facts("metrics.samples", '{collector="filesystem"} => 27.4 @[1700000000]')).toMatchObject([
    { name: "", labels: { collector: "filesystem" }, value: 27.4 },
  ]);
});

test("versions", () => {
  expect(
    facts(
      "host.versions",
      "prometheus, version 2.1.0 (branch: HEAD, revision: 85f23d8)\n  build user: root@x",
    ),
  ).toMatchObject([{ of: "prometheus", version: "2.1.0" }]);
  expect(facts("host.versions", "chart kube-prometheus-stack 45.6.0 -> 48.3.0, helm v3.4.2")).toMatchObject([
    { of: "chart:kube-prometheus-stack", before: "45.6.0", version: "48.3.0" },
    { of: "helm", version: "3.4.2" },
  ]);
  expect(
    facts("host.versions", "since we upgraded the loki chart from 6.40.0 to 6.46.0, helm v3.4.2"),
  ).toMatchObject([
    { of: "chart:loki", before: "6.40.0", version: "6.46.0" },
    { of: "helm", version: "3.4.2" },
  ]);
  expect(
    facts("host.versions", "Version 10.0.1 (commit: abc, branch: HEAD)", "grafana-server -v"),
  ).toMatchObject([{ of: "grafana", version: "10.0.1" }]);
  const parser = hostParsers.find((candidate) => candidate.id === "versions");
  expect(
    parser?.recognise({
      source: "x",
      startLine: 1,
      text: "we see errors since monday\nloki 2.9.1 on 10.0.0.5",
    }),
  ).toBe(0);
});
