// Owner and mode from every tool that shows them; ufw, firewalld and nft.
import { describe, expect, test } from "vitest";
import { firewalld } from "../../../src/collectors/host/firewalld.ts";
import { nft } from "../../../src/collectors/host/nft.ts";
import { findListing, getfacl, namei } from "../../../src/collectors/host/path-listings.ts";
import { statFormat, statFull } from "../../../src/collectors/host/stat.ts";
import { ufw } from "../../../src/collectors/host/ufw.ts";
import type { Parser } from "../../../src/collectors/parser.ts";
import { factsOf } from "../facts-of.ts";

const files = (parser: Parser, text: string, command?: string) =>
  factsOf(parser, text, command).facts["host.files"];
const rules = (parser: Parser, text: string) => factsOf(parser, text).facts["host.firewall"];

describe("paths", () => {
  test("stat", () => {
    const text = [
      "  File: /srv/prometheus",
      "  Size: 4096      \tBlocks: 8          IO Block: 4096   directory",
      "Device: fd01h/64769d\tInode: 131074      Links: 3",
      "Access: (2755/drwxr-sr-x)  Uid: (65534/  nobody)   Gid: (    0/    root)",
      "Context: system_u:object_r:var_t:s0",
      "Access: 2026-03-01 10:00:00.000000000 +0000",
      "Modify: 2026-03-01 09:00:00.000000000 +0000",
    ].join("\n");
    expect(files(statFull, text)).toMatchObject([
      {
        at: { line: 4 },
        path: "/srv/prometheus",
        type: "directory",
        uid: 65534,
        gid: 0,
        mode: 0o2755,
        selinuxContext: "system_u:object_r:var_t:s0",
        mtime: "2026-03-01 09:00:00.000000000 +0000",
      },
    ]);
  });

  test("stat -c, find -printf, and the short form of guides", () => {
    expect(
      files(
        statFormat,
        "472:472 750 /var/lib/grafana\n0:0 644 /var/lib/grafana/grafana.db",
        "stat -c '%u:%g %a %n' /var/lib/grafana/*",
      ),
    ).toMatchObject([
      { path: "/var/lib/grafana", uid: 472, mode: 0o750 },
      { path: "/var/lib/grafana/grafana.db", uid: 0, mode: 0o644, at: { line: 2 } },
    ]);
    expect(
      files(statFormat, "root:docker 660", "docker exec p stat -c '%U:%G %a' /var/run/docker.sock"),
    ).toMatchObject([{ path: "/var/run/docker.sock", uid: 0, group: "docker", mode: 0o660, container: "p" }]);
    expect(
      files(statFormat, "10001 10001 755 /loki d", "find /loki -maxdepth 0 -printf '%U %G %m %p %y\\n'"),
    ).toMatchObject([{ path: "/loki", uid: 10001, gid: 10001, mode: 0o755, type: "directory" }]);
    expect(factsOf(statFormat, "65534:65534 0755 /srv/x").score).toBeGreaterThan(0.7);
    expect(factsOf(statFormat, "error: permission denied /srv/x").score).toBe(0);
  });

  test("find -ls, namei -l, getfacl", () => {
    const found =
      "   131076      4 drwxr-xr-x   2  10001    10001        4096 Mar  1 10:00 /srv/loki/wal\n   131077      0 lrwxrwxrwx   1 root root 9 Mar  1 10:00 /srv/cur -> /srv/loki";
    expect(files(findListing, found)).toMatchObject([
      { path: "/srv/loki/wal", uid: 10001, mode: 0o755 },
      { path: "/srv/cur", linkTarget: "/srv/loki" },
    ]);
    const walked = [
      "f: /srv/mon/data",
      "dr-xr-xr-x root root /",
      "drwxr-xr-x root root srv",
      "lrwxrwxrwx root root mon -> /opt/mon",
      "dr-xr-xr-x root root   /",
      "drwx------ root root   opt",
      "drwxr-xr-x 1000 1000   mon",
      "drwxr-xr-x 1000 1000 data",
    ].join("\n");
    expect(files(namei, walked).map((file) => [file.path, file.mode])).toEqual([
      ["/", 0o555],
      ["/srv", 0o755],
      ["/srv/mon", 0o777],
      ["/", 0o555],
      ["/opt", 0o700],
      ["/opt/mon", 0o755],
      ["/srv/mon/data", 0o755],
    ]);
    const acl =
      "getfacl: Removing leading '/' from absolute path names\n# file: var/log/journal\n# owner: root\n# group: systemd-journal\nuser::rwx\nuser:promtail:r-x\ngroup::r-x\nmask::r-x\nother::---\n";
    expect(files(getfacl, acl)).toMatchObject([
      { path: "/var/log/journal", uid: 0, mode: 0o750, hasAcl: true, acl: ["user:promtail:r-x"] },
    ]);
  });
});

describe("firewalls", () => {
  test("ufw", () => {
    const text = [
      "Status: active",
      "Logging: on (low)",
      "Default: deny (incoming), allow (outgoing), disabled (routed)",
      "New profiles: skip",
      "",
      "To                         Action      From",
      "--                         ------      ----",
      "22/tcp                     ALLOW IN    Anywhere",
      "9100                       DENY IN     10.0.0.0/8                 # node",
      "3000,9090/tcp on eth0      ALLOW IN    192.168.1.0/24",
      "9100 (v6)                  REJECT      Anywhere (v6)",
      "Custom App                 ALLOW       Anywhere",
    ].join("\n");
    const read = factsOf(ufw, text);
    expect(read.facts["host.firewallstates"]).toMatchObject([{ tool: "ufw", active: true }]);
    expect(read.facts["host.firewall"]).toMatchObject([
      { chain: "INPUT", action: "DROP", isPolicy: true, at: { line: 3 } },
      { chain: "OUTPUT", action: "ACCEPT", isPolicy: true },
      { action: "ACCEPT", ports: ["22"], protocol: "tcp", at: { line: 8 } },
      { action: "DROP", ports: ["9100"], source: "10.0.0.0/8" },
      { action: "ACCEPT", ports: ["3000", "9090"], source: "192.168.1.0/24", inInterface: "eth0" },
      { action: "REJECT", ports: ["9100"], family: "ipv6" },
      { action: "ACCEPT", isPartial: true },
    ]);
    expect(factsOf(ufw, "Status: inactive").facts["host.firewallstates"]).toMatchObject([{ active: false }]);
  });

  test("firewalld", () => {
    const text = [
      "public (active)",
      "  target: default",
      "  icmp-block-inversion: no",
      "  interfaces: eth0",
      "  sources: ",
      "  services: cockpit dhcpv6-client ssh",
      "  ports: 9100/tcp 3000-3010/tcp",
      "  protocols: ",
      "  forward: yes",
      "  masquerade: no",
      "  rich rules: ",
      '\trule family="ipv4" source address="10.0.0.0/8" port port="9093" protocol="tcp" drop',
    ].join("\n");
    expect(rules(firewalld, text)).toMatchObject([
      { action: "DROP", ports: ["9093"], source: "10.0.0.0/8", family: "ipv4" },
      { chain: "public", action: "REJECT", isPolicy: true, zone: { interfaces: ["eth0"] } },
      { action: "ACCEPT", ports: ["9090"] },
      { action: "ACCEPT", ports: ["546"], protocol: "udp" },
      { action: "ACCEPT", ports: ["22"] },
      { action: "ACCEPT", ports: ["9100"], protocol: "tcp" },
      { action: "ACCEPT", ports: ["3000:3010"] },
    ]);
    expect(
      factsOf(firewalld, "not running", "firewall-cmd --state").facts["host.firewallstates"],
    ).toMatchObject([{ active: false }]);
  });

  test("firewalld: of all zones those that packets can come to", () => {
    const zone = (title: string, target: string, interfaces: string, services: string) => [
      title,
      `  target: ${target}`,
      "  icmp-block-inversion: no",
      `  interfaces: ${interfaces}`,
      "  sources: ",
      `  services: ${services}`,
      "  ports: ",
      "",
    ];
    const text = [
      ...zone("block", "%%REJECT%%", "", ""),
      ...zone("docker (active)", "ACCEPT", "docker0 br-77aa01", ""),
      ...zone("drop", "DROP", "", ""),
      ...zone("public (default, active)", "default", "ens3", "ssh dhcpv6-client"),
      ...zone("work", "default", "", "ssh"),
    ].join("\n");
    const found = rules(firewalld, text);
    expect([...new Set(found.map((rule) => rule.chain))]).toEqual(["docker", "public"]);
    expect(found.find((rule) => rule.chain === "public")?.zone).toEqual({
      name: "public",
      interfaces: ["ens3"],
      sources: [],
      isDefault: true,
    });
  });

  test("nft rules of firewalld: what is not for TCP, and packets that were translated", () => {
    const text = [
      "table inet firewalld {",
      "\tchain filter_IN_public {",
      "\t\tct status dnat accept",
      "\t\tmeta l4proto { icmp, ipv6-icmp } accept",
      "\t\ticmpv6 type { nd-neighbor-advert, nd-neighbor-solicit } accept",
      '\t\tiifname { "docker0", "br-1" } accept',
      "\t\treject with icmpx admin-prohibited",
      "\t}",
      "}",
    ].join("\n");
    expect(rules(nft, text)).toMatchObject([
      { action: "ACCEPT", states: ["DNAT"] },
      { action: "ACCEPT", protocol: "icmp" },
      { action: "ACCEPT", protocol: "icmpv6" },
      { action: "ACCEPT", inInterface: "docker0" },
      { action: "REJECT" },
    ]);
  });

  test("nft", () => {
    const text = [
      "table inet filter {",
      "\tset blocked {",
      "\t\ttype ipv4_addr",
      "\t\telements = { 10.1.1.1 }",
      "\t}",
      "\tchain input {",
      "\t\ttype filter hook input priority filter; policy drop;",
      "\t\tct state established,related accept",
      '\t\tiifname "lo" accept',
      '\t\tip saddr 10.0.0.0/8 tcp dport { 9090, 9100 } counter packets 5 bytes 300 accept comment "metrics"',
      "\t\ttcp dport 3000-3010 reject with tcp reset",
      "\t\tip saddr @blocked drop",
      "\t}",
      "}",
      "table ip nat {",
      "\tchain DOCKER {",
      '\t\tiifname != "docker0" tcp dport 9102 counter packets 0 bytes 0 dnat to 172.17.0.3:9100',
      "\t}",
      "}",
    ].join("\n");
    expect(rules(nft, text)).toMatchObject([
      { table: "filter", chain: "input", action: "DROP", isPolicy: true },
      { chain: "INPUT", action: "input" },
      { action: "ACCEPT", states: ["ESTABLISHED", "RELATED"] },
      { action: "ACCEPT", inInterface: "lo" },
      { action: "ACCEPT", source: "10.0.0.0/8", ports: ["9090", "9100"], protocol: "tcp", packets: 5 },
      { action: "REJECT", ports: ["3000:3010"] },
      { action: "DROP", isPartial: true },
      {
        table: "nat",
        family: "ipv4",
        chain: "DOCKER",
        action: "DNAT",
        to: "172.17.0.3:9100",
        inInterface: "!docker0",
        ports: ["9102"],
      },
    ]);
  });
});

test("a compose file with ports on every service is no zone of firewalld", () => {
  const compose = ["services:", "  a:", "    ports: [x]", "  b:", "    ports: [y]", "  c:", "    ports: [z]"];
  const zone = ["public", "  target: default", "  services: ssh", "  ports: 9100/tcp"];
  const claim = (lines: readonly string[]) => factsOf(firewalld, lines.join("\n")).score;
  expect(claim(compose)).toBe(0);
  expect(claim(zone)).toBeGreaterThan(0.9);
});
