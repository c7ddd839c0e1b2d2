// Since Docker 28 a packet for a container's own address is dropped unless it comes in through the container's bridge.
import type { Facts } from "../../../model/facts.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import type { Dial } from "../../../model/host.ts";
import { defineRule } from "../../../model/rule.ts";
import { isAtLeast } from "../../../stack/semver.ts";
import { isIn } from "../../../stack/subnets.ts";
import { byHand } from "../../by-hand.ts";

type Seen = Pick<
  Facts,
  "host.dials" | "docker.containers" | "docker.networks" | "docker.engines" | "host.firewall"
>;

export const rule = defineRule({
  id: "docker/direct-routing-dropped",
  title:
    "The target is a container's own IP address, and Docker 28 or newer drops what is routed to it from outside",
  why: "From 28.0 on dockerd drops packets for container addresses in raw PREROUTING when they do not come in through the container's own bridge, before DOCKER-USER or FORWARD are asked. Set-ups with a static route to the Docker subnet, or scrapes from another bridge, worked until the upgrade and time out since.",
  severity: "critical",
  component: "docker",
  layer: "firewall",
  nature: "cause",
  effect: "unreachable",
  phase: "run",
  needs: ["host.dials"],
  uses: ["docker.containers", "docker.networks", "docker.engines", "host.firewall"],
  rivals: [
    {
      rule: "host/firewall-blocks-port",
      tellApart: "there the address is the machine's, and INPUT or FORWARD drops",
    },
    { rule: "docker/subnet-overlaps-lan", tellApart: "there the address belongs to another machine" },
  ],
  decideWith: "docker version -f '{{.Server.Version}}'; iptables -t raw -S PREROUTING | grep -F CONTAINER_IP",
  references: [
    "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
    "https://github.com/moby/moby/issues/49792",
  ],
  check(facts) {
    const found = new Map<string, FindingDraft>();
    for (const dial of facts["host.dials"]) {
      const address = dial.targetHost ?? "";
      if (dial.outcome !== "timeout" || found.has(address) || !/^\d+(?:\.\d+){3}$/.test(address)) continue;
      const container = containerAt(facts, address);
      const rule = facts["host.firewall"].find(
        (entry) =>
          entry.table === "raw" &&
          entry.action === "DROP" &&
          entry.destination?.split("/")[0] === address &&
          entry.inInterface?.startsWith("!"),
      );
      const engine = facts["docker.engines"].find(
        ({ version, isPodman }) => version !== undefined && !isPodman,
      );
      const isNew = isAtLeast(engine?.version, "28.0.0");
      if ((!container && !rule) || isNew === false || (!rule && !isNew) || isOwnHost(dial, container?.host))
        continue;
      found.set(address, {
        subject: { kind: "link", id: `${address}:${dial.targetPort ?? ""}` },
        says: `${address}${dial.targetPort ? `:${dial.targetPort}` : ""} is the own address of ${container?.name ?? "a container"}${container?.network ? ` in network ${container.network}` : ""}: Docker ${engine?.version ?? "28 or newer"} drops what is routed to it directly${rule ? ` (${rule.text.trim()})` : " (raw PREROUTING)"}; use a published port of the host`,
        proof: [
          { ...dial.at },
          ...(container ? [container.at] : []),
          ...(rule ? [rule.at] : []),
          ...(engine ? [engine.at] : []),
        ],
        certainty: rule ? "proven" : "likely",
        concerns: [address, ...(container ? [container.name] : [])],
        ...(dial.timeMs === undefined ? {} : { timeMs: dial.timeMs }),
      });
    }
    return [...found.values()];
  },
  fix: (finding) =>
    byHand(
      `Publish the port (ports: ["HOST_IP:${/:(\d+)/.exec(finding.subject.id)?.[1] ?? "PORT"}:${/:(\d+)/.exec(finding.subject.id)?.[1] ?? "PORT"}"]) and scrape the host's address; where routing must stay: driver_opts com.docker.network.bridge.gateway_mode_ipv4: nat-unprotected for that network, or com.docker.network.bridge.trusted_host_interfaces (28.1)`,
      "In the compose file of the target",
    ),
});

function containerAt(facts: Seen, address: string) {
  for (const container of facts["docker.containers"]) {
    const network = container.networks?.find(({ ip }) => ip === address);
    if (network)
      return { name: container.name, network: network.name, at: container.at, host: container.host };
  }
  for (const network of facts["docker.networks"]) {
    const name = Object.entries(network.addresses ?? {}).find(([, ip]) => ip.split("/")[0] === address)?.[0];
    const isInside = network.subnets?.some((subnet) => isIn(address, subnet) === true);
    const isGateway = network.gateways?.includes(address);
    if (name !== undefined || (isInside && !isGateway))
      return { name: name ?? "a container", network: network.name, at: network.at, host: network.host };
  }
  return undefined;
}

/** A process of the host itself is let through: its packets do not come in anywhere. */
function isOwnHost(dial: Dial, host: string | undefined): boolean {
  return (
    dial.tool !== "log" &&
    dial.fromContainer === undefined &&
    dial.fromHost !== undefined &&
    dial.fromHost === host
  );
}
