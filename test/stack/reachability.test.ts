// Who reaches which port of a host, and what stops the others. Rules and ports as read by the real parsers.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { psTable } from "../../src/collectors/docker/ps-table.ts";
import { iptablesSave } from "../../src/collectors/host/iptables-save.ts";
import { nft } from "../../src/collectors/host/nft.ts";
import { sockets } from "../../src/collectors/host/sockets.ts";
import { ufw } from "../../src/collectors/host/ufw.ts";
import type { Parser } from "../../src/collectors/parser.ts";
import { type Facts, noFacts } from "../../src/model/facts.ts";
import type { FirewallRule } from "../../src/model/host.ts";
import { filterPacket } from "../../src/stack/firewall.ts";
import { type Client, networkOfHost } from "../../src/stack/host-network.ts";
import { reach } from "../../src/stack/reachability.ts";
import { factsOf } from "../collectors/facts-of.ts";

const ss = [
  "State  Recv-Q Send-Q Local Address:Port Peer Address:Port",
  'LISTEN 0      4096         0.0.0.0:9102      0.0.0.0:*    users:(("docker-proxy",pid=1,fd=4))',
  'LISTEN 0      4096       127.0.0.1:9103      0.0.0.0:*    users:(("docker-proxy",pid=2,fd=4))',
  'LISTEN 0      4096               *:9101            *:*    users:(("node_exporter",pid=3,fd=3))',
  'LISTEN 0      4096       127.0.0.1:12345     0.0.0.0:*    users:(("alloy",pid=4,fd=3))',
].join("\n");
const ps = [
  "CONTAINER ID   IMAGE   COMMAND                                          CREATED       STATUS       PORTS                      NAMES",
  'a0906fa7f39e   ne:1    "/bin/node_exporter"                             2 hours ago   Up 2 hours   127.0.0.1:9103->9100/tcp   ne-lo',
  'b0906fa7f39e   ne:1    "/bin/node_exporter"                             2 hours ago   Up 2 hours   0.0.0.0:9102->9100/tcp     ne-pub',
  'c0906fa7f39e   ne:1    "/bin/node_exporter"                             2 hours ago   Up 2 hours   9100/tcp                   ne-bridge',
].join("\n");

function facts(...read: readonly (readonly [Parser, string])[]): Facts {
  const all = noFacts();
  for (const [parser, text] of read) {
    for (const [id, list] of Object.entries(factsOf(parser, text).facts))
      (all[id as keyof Facts] as unknown[]).push(...list);
  }
  return all;
}

const outside: Client = { where: "outside", address: "10.77.0.10" };
const open = "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\nCOMMIT";

describe("without a firewall in the way", () => {
  const network = networkOfHost(facts([sockets, ss], [psTable, ps], [iptablesSave, open]), undefined);
  const ask = (port: number, client: Client = outside) => reach(network, client, { port });

  test("a process in the host's network and a published port are reached", () => {
    expect(ask(9101).verdict).toBe("reachable");
    expect(ask(9102).verdict).toBe("reachable");
  });
  test("published on 127.0.0.1", () => {
    expect(ask(9103)).toMatchObject({
      verdict: "blocked",
      mechanism: "published-on-loopback",
      symptom: "refused",
      certainty: "proven",
    });
    expect(ask(9103, { where: "container" }).mechanism).toBe("published-on-loopback");
    expect(ask(9103, { where: "host" }).verdict).toBe("reachable");
  });
  test("bound to loopback, unpublished, nobody", () => {
    expect(ask(12345).mechanism).toBe("bound-to-loopback");
    expect(ask(9100)).toMatchObject({
      verdict: "blocked",
      mechanism: "bridge-unpublished",
      proof: [{ text: "ne-bridge" }],
    });
    expect(ask(9999)).toMatchObject({ verdict: "blocked", mechanism: "nobody-listens" });
  });
});

describe("evidence that lacks", () => {
  test("no list of sockets", () => {
    expect(reach(networkOfHost(facts([psTable, ps]), undefined), outside, { port: 9999 })).toMatchObject({
      verdict: "unknown",
      decideWith: expect.stringContaining("ss"),
    });
    expect(reach(networkOfHost(facts([psTable, ps]), undefined), outside, { port: 9100 })).toMatchObject({
      mechanism: "bridge-unpublished",
      certainty: "likely",
    });
  });
  test("no firewall rules", () => {
    expect(reach(networkOfHost(facts([sockets, ss]), undefined), outside, { port: 9101 })).toMatchObject({
      verdict: "unknown",
      decideWith: expect.stringContaining("iptables"),
    });
  });
});

describe("firewalls", () => {
  const through = (parser: Parser, rules: string, port: number, client: Client = outside) =>
    reach(networkOfHost(facts([sockets, ss], [psTable, ps], [parser, rules]), undefined), client, { port });

  test("a DROP for the host itself, with the rule as proof", () => {
    const rules =
      "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n-A INPUT -p tcp -m tcp --dport 9101 -j DROP\nCOMMIT";
    expect(through(iptablesSave, rules, 9101)).toMatchObject({
      verdict: "blocked",
      mechanism: "firewall-drop",
      symptom: "timeout",
      proof: [{ text: "-A INPUT -p tcp -m tcp --dport 9101 -j DROP" }],
    });
    expect(through(iptablesSave, rules, 9102).verdict).toBe("reachable");
  });
  test("order, sources, jumps, states and policies", () => {
    const rules = [
      "*filter",
      ":INPUT DROP [0:0]",
      ":FORWARD ACCEPT [0:0]",
      ":mon - [0:0]",
      "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "-A INPUT -i lo -j ACCEPT",
      "-A INPUT -p tcp --dport 9000:9200 -j mon",
      "-A mon -s 10.77.0.10/32 -j ACCEPT",
      "-A mon -j REJECT --reject-with icmp-host-prohibited",
      "COMMIT",
    ].join("\n");
    expect(through(iptablesSave, rules, 9101).verdict).toBe("reachable");
    expect(through(iptablesSave, rules, 9101, { where: "outside", address: "10.77.0.11" })).toMatchObject({
      mechanism: "firewall-reject",
      symptom: "no-route",
    });
    expect(through(iptablesSave, rules, 9101, { where: "outside" }).verdict).toBe("unknown");
  });
  test("published ports go through FORWARD, not INPUT", () => {
    const rules =
      "*filter\n:INPUT DROP [0:0]\n:FORWARD ACCEPT [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A DOCKER-USER -p tcp --dport 3000 -j DROP\n-A DOCKER-USER -j RETURN\nCOMMIT";
    expect(through(iptablesSave, rules, 9102).verdict).toBe("reachable");
    expect(through(iptablesSave, rules, 9101).mechanism).toBe("firewall-drop");
    const dockerUser = rules.replace("--dport 3000", "--dport 9100");
    expect(through(iptablesSave, dockerUser, 9102).mechanism).toBe("firewall-drop");
  });
  test("ufw does not see published ports, nft has hooks", () => {
    const active =
      "Status: active\nDefault: deny (incoming), allow (outgoing), disabled (routed)\n\nTo                         Action      From\n--                         ------      ----\n22/tcp                     ALLOW IN    Anywhere";
    expect(through(ufw, active, 9101).mechanism).toBe("firewall-drop");
    expect(through(ufw, active, 9101, { where: "container", address: "172.18.0.4" }).mechanism).toBe(
      "firewall-drop",
    );
    expect(through(ufw, active, 9102).verdict).toBe("unknown");
    const rules =
      "table inet f {\n\tchain in {\n\t\ttype filter hook input priority filter; policy accept;\n\t\ttcp dport 9101 ip saddr != 10.77.0.0/24 drop\n\t\ttcp dport 9101 reject with tcp reset\n\t}\n}";
    expect(through(nft, rules, 9101)).toMatchObject({ mechanism: "firewall-reject", symptom: "refused" });
  });
});

test("filtering ends on rules that jump in circles, and the first certain match wins", () => {
  const at = { source: "x", line: 1 };
  const rule = fc.record({
    chain: fc.constantFrom("INPUT", "a", "b"),
    action: fc.constantFrom("ACCEPT", "DROP", "RETURN", "a", "b", "INPUT"),
    isPolicy: fc.constant(false),
    ports: fc.constantFrom(["9100"], ["1:65535"], ["!9100"]),
  });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 8 }), (rules) => {
      const policy: FirewallRule = {
        at,
        tool: "iptables",
        chain: "INPUT",
        action: "ACCEPT",
        isPolicy: true,
        text: "",
      };
      const all = [policy, ...rules.map((one): FirewallRule => ({ at, tool: "iptables", text: "", ...one }))];
      const packet = { protocol: "tcp" as const, port: 9100, isForwarded: false, isFromOutside: true };
      filterPacket(all, packet);
      const first: FirewallRule = {
        at,
        tool: "iptables",
        chain: "INPUT",
        action: "DROP",
        ports: ["9100"],
        text: "",
      };
      expect(filterPacket([first, ...all], packet).outcome).toBe("drop");
    }),
  );
});
