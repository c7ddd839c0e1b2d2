// Docker's name server cannot reach the one it passes questions on to: every name fails, not just one.
import type { FindingDraft, ProofDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { byHand } from "../../by-hand.ts";
import { readDialError } from "../../dial-text.ts";
import { matches } from "../../line-match.ts";

const failing = [
  "lookup {name} on 127.0.0.11:53: read udp {from}: i/o timeout",
  "lookup {name} on 127.0.0.11:53: {what*}: connection refused",
  "lookup {name} on 127.0.0.11:53: server misbehaving",
  "lookup {name} on {server}:53: read udp {from}: i/o timeout",
  "lookup {name} on {server}:53: {what*}: connection refused",
  "Temporary failure in name resolution",
];
const blame = [
  "[UFW BLOCK]…DPT=53",
  "ufw enable",
  "ufw reload",
  "firewall-cmd --reload",
  "firewalld restart",
  "restart firewalld",
];
const [failingPatterns, blamePatterns] = [failing, blame].map((list) => list.map(compilePattern));

export const rule = defineRule({
  id: "docker/resolver-unreachable",
  title:
    "Containers cannot resolve any name: Docker's name server does not reach the resolver behind it (firewall, flushed rules or a dead resolver)",
  why: "127.0.0.11 answers for containers and passes all else on to the host's resolvers. When ufw or firewalld drops UDP 53 from the bridge, a reload has flushed Docker's NAT rules, or the host's resolver is a local stub the container cannot reach, lookups of every name time out or are refused, while addresses still work. One name that is unknown is another matter.",
  severity: "critical",
  component: "docker",
  layer: "dns",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  needs: ["text.lines"],
  uses: ["docker.containers", "host.firewallstates"],
  texts: [...failing, ...blame],
  rivals: [
    { rule: "docker/no-shared-network", tellApart: "there one name is unknown and the name server answers" },
    {
      rule: "docker/iptables-chains-missing",
      tellApart: "there Docker itself says that its chain does not exist",
    },
    {
      rule: "coredns/down",
      tellApart: "in a cluster the server asked is the address of kube-dns, not 127.0.0.11",
    },
  ],
  decideWith:
    "docker run --rm busybox nslookup example.org; docker run --rm busybox nslookup example.org 1.1.1.1; cat /etc/resolv.conf",
  references: [
    "https://docs.docker.com/engine/network/#dns-services",
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
  ],
  check({ "text.lines": lines, "docker.containers": containers, "host.firewallstates": states }) {
    const names = new Map<string, ProofDraft>();
    let isDockers = false;
    for (const line of lines) {
      if (!matches(failingPatterns ?? [], line) || line.pod !== undefined) continue;
      const error = readDialError(line.text);
      const { host, resolver } = error ?? {};
      if (!host || /^[\d.:]+$/.test(host) || /no such host/.test(line.text)) continue;
      // a container that is stopped makes its own name fail; a name of the internet does not stop
      if (/server misbehaving/.test(line.text) && !host.includes(".")) continue;
      const fromContainer = resolver?.startsWith("127.0.0.11") ?? false;
      if (!fromContainer && containers.length === 0) continue;
      isDockers ||= fromContainer;
      names.set(host, { ...line.at, excerpt: line.text });
    }
    if (names.size < 2 || (!isDockers && containers.length === 0)) return [];
    const why = lines.find((line) => matches(blamePatterns ?? [], line));
    const firewall = states.find((state) => state.active);
    const proofs = [...names.values()].slice(0, 3);
    const finding: FindingDraft = {
      subject: { kind: "network", id: "name server of Docker (127.0.0.11)" },
      says: `Containers resolve none of ${[...names.keys()].slice(0, 4).join(", ")}: Docker's name server gets no answer from the resolver behind it${
        why
          ? `; the firewall was changed (${why.text.slice(0, 80)}), so UDP 53 from the bridge is dropped or Docker's NAT rules are gone`
          : firewall
            ? `; ${firewall.tool} is active on the host`
            : ""
      }`,
      proof: [...proofs, ...(why ? [{ ...why.at, excerpt: why.text }] : firewall ? [firewall.at] : [])],
      certainty: why ? "proven" : "likely",
    };
    return [finding];
  },
  fix: (finding) =>
    byHand(
      finding.says.includes("firewall was changed")
        ? "Restart Docker so that it writes its rules again, and allow DNS from the bridges (ufw allow in on docker0 to any port 53; ufw allow from 172.16.0.0/12 to any port 53)"
        : 'Give the daemon resolvers that containers reach: {"dns": ["192.0.2.53", "1.1.1.1"]} in /etc/docker/daemon.json, then restart Docker; with ufw or firewalld allow 53 UDP and TCP from the bridge subnets',
      "On the Docker host",
      "docker run --rm busybox nslookup example.org",
    ),
});
