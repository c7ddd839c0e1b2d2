// A Docker network over addresses that exist outside the host.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Route } from "../../../model/host.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { formatSubnet, overlaps, parseSubnet } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";
import { matches } from "../../line-match.ts";

/** People name the network behind the router in their own words. */
const texts = [
  "LAN is {cidr}",
  "LAN range",
  "LAN subnet",
  "VPN subnet",
  "VPN range",
  "VPN network",
  "office network",
  "company network",
  "corporate network",
  "internal network",
  "cannot be reached from this",
  "not reachable from this",
  "lost connection to",
];
const patterns = texts.map(compilePattern);
const bridge = /^(?:docker\d|br-|docker_gwbridge|podman)/;

export const rule = defineRule({
  id: "docker/subnet-overlaps-lan",
  title:
    "A Docker network's subnet overlaps the LAN or VPN, so the host sends packets for those peers into the bridge",
  why: "Docker takes the next free range of 172.17-31/16 and 192.168/16 without knowing the networks behind the router. The bridge's route wins over the default route (and, being more specific, over the LAN's), so peers of that range cannot be reached from this host and its containers, while others can.",
  severity: "critical",
  component: "docker",
  layer: "network",
  nature: "cause",
  effect: "host-down",
  phase: "run",
  needs: [],
  needsAny: ["host.routes", "docker.networks"],
  uses: ["host.addresses", "host.dials", "text.lines"],
  rivals: [{ rule: "host/firewall-blocks-port", tellApart: "there ip route get leads to the network card" }],
  decideWith:
    "ip route; ip route get PEER; docker network inspect $(docker network ls -q) -f '{{.Name}} {{range .IPAM.Config}}{{.Subnet}}{{end}}'",
  texts,
  references: [
    "https://docs.docker.com/engine/network/#subnet-allocation",
    "https://github.com/compassvpn/agent/pull/122",
  ],
  check(facts) {
    const inner = [
      ...facts["host.routes"]
        .filter((route) => bridge.test(route.device ?? "") && route.gateway === undefined)
        .map((route) => ({
          cidr: route.destination,
          name: `bridge ${route.device}`,
          at: route.at,
          host: route.host,
        })),
      ...facts["docker.networks"].flatMap((network) =>
        network.driver === "overlay" || network.driver === "macvlan" || network.driver === "ipvlan"
          ? []
          : (network.subnets ?? []).map((cidr) => ({
              cidr,
              name: `Docker network ${network.name}`,
              at: network.at,
              host: network.host,
            })),
      ),
    ];
    const outer = [
      ...facts["host.routes"].filter(isOutside).map((route) => ({
        cidr: route.destination,
        name: `the route over ${route.device ?? route.gateway}`,
        at: route.at,
        host: route.host,
      })),
      ...facts["host.addresses"]
        .filter(
          (address) =>
            address.container === undefined &&
            !bridge.test(address.device) &&
            !/^(?:lo|veth|virbr|cni|flannel|cali)/.test(address.device) &&
            !/\/(?:32|128)$/.test(address.cidr),
        )
        .map((address) => ({
          cidr: address.cidr,
          name: `the network on ${address.device}`,
          at: address.at,
          host: address.host,
        })),
    ];
    const told = facts["text.lines"]
      .filter(
        (line) =>
          line.stream === "note" &&
          matches(patterns, line) &&
          !/docker network|compose network|bridge network/i.test(line.text),
      )
      .flatMap((line) =>
        [...line.text.matchAll(/\b(?:\d{1,3}\.){3}\d{1,3}\/\d{1,2}\b/g)].map(([cidr]) => ({
          cidr,
          name: "a network outside the host, as the notes say",
          at: line.at,
          host: undefined,
        })),
      );
    const found = new Map<string, FindingDraft>();
    for (const one of inner) {
      const own = parseSubnet(one.cidr);
      if (!own || own.prefix === 0) continue;
      const other = [...outer, ...told].find(
        (entry) =>
          (entry.host === one.host || entry.host === undefined || one.host === undefined) &&
          entry.at !== one.at &&
          overlapping(own, entry.cidr),
      );
      const dial = facts["host.dials"].find(
        (entry) =>
          /timeout|no-route/.test(entry.outcome) &&
          entry.targetHost !== undefined &&
          lies(entry.targetHost, own) &&
          !entry.targetHost.endsWith(".1"),
      );
      if (!other || found.has(formatSubnet(own))) continue;
      found.set(formatSubnet(own), {
        subject: { kind: "network", id: formatSubnet(own) },
        says: `${one.name} has the subnet ${formatSubnet(own)}, which overlaps ${other.name} (${other.cidr}): packets for peers there go into the bridge`,
        proof: [one.at, other.at, ...(dial ? [dial.at] : [])],
        certainty: "proven",
        ...(dial?.targetHost ? { concerns: [dial.targetHost.toLowerCase()] } : {}),
      });
    }
    return [...found.values()];
  },
  fix: () =>
    byHand(
      'Give Docker ranges that nobody else uses: "default-address-pools": [{"base": "10.200.0.0/16", "size": 24}] (and "bip" for docker0) in /etc/docker/daemon.json, restart docker, then docker compose down and up so that the networks are created again',
      "On the host; recreating networks restarts their stacks",
    ),
});

function isOutside(route: Route): boolean {
  return (
    route.container === undefined &&
    !bridge.test(route.device ?? "") &&
    !/^(?:lo|veth|virbr|cni|flannel|cali)/.test(route.device ?? "") &&
    !/^(?:0\.0\.0\.0\/0|::\/0|default)$/.test(route.destination) &&
    !/^(?:fe80|169\.254)/.test(route.destination) &&
    (route.device !== undefined || route.gateway !== undefined)
  );
}

function overlapping(own: NonNullable<ReturnType<typeof parseSubnet>>, cidr: string): boolean {
  const other = parseSubnet(cidr);
  // a /8 or wider route is a summary, which the more specific bridge is allowed to refine
  return other !== undefined && other.prefix > 8 && overlaps(own, other);
}

function lies(address: string, subnet: NonNullable<ReturnType<typeof parseSubnet>>): boolean {
  const parsed = parseSubnet(address);
  return parsed !== undefined && overlaps(parsed, subnet);
}
