// The way of a new connection through a host's packet filter: input chain for the host itself, forward chain for published ports.
import type { FirewallRule } from "../model/host.ts";
import { type FilterVerdict, filterPacket, type Packet } from "./firewall.ts";
import {
  bridgeOf,
  type Client,
  type HostNetwork,
  incoming,
  type Server,
  type Target,
} from "./host-network.ts";

/** What all tools together do; `filter` is left out when their rules are not known well enough. */
export function throughFirewall(
  network: HostNetwork,
  client: Client,
  target: Target,
  server: Server,
): { filter?: FilterVerdict } {
  if (client.where === "host") return { filter: { outcome: "accept" } };
  if (!network.seen.firewall) return {};
  const packet = packetFor(network, client, target, server);
  // ufw and firewalld only show what they do to packets for the host itself; published ports bypass them
  const rules = network.firewall.filter(
    (rule) => !packet.isForwarded || rule.tool === "iptables" || rule.tool === "nft",
  );
  const verdicts = toolsOf(rules).map((own) => filterPacket(own, packet));
  const blocking = verdicts.find(({ outcome }) => outcome === "drop" || outcome === "reject");
  if (blocking) return { filter: blocking };
  if (verdicts.length === 0 || verdicts.some(({ outcome }) => outcome === undefined)) return {};
  return { filter: verdicts[0] ?? {} };
}

/** Every tool's rules by themselves: a packet must pass all of them. Zones of firewalld count as the input chain. */
function toolsOf(rules: readonly FirewallRule[]): FirewallRule[][] {
  const tools = new Map<string, FirewallRule[]>();
  for (const rule of rules) {
    const isZone = rule.tool === "firewalld";
    const key = isZone ? `firewalld ${rule.chain ?? ""}` : rule.tool;
    const own = isZone ? { ...rule, chain: "INPUT" } : rule;
    const list = tools.get(key);
    if (list) list.push(own);
    else tools.set(key, [own]);
  }
  const zones = [...tools.keys()].filter((key) => key.startsWith("firewalld "));
  // which of several zones applies depends on the interface; only a single one can be judged
  if (zones.length > 1) for (const zone of zones) tools.delete(zone);
  return [...tools.values()];
}

function packetFor(network: HostNetwork, client: Client, target: Target, server: Server): Packet {
  const isFromOutside = client.where === "outside";
  const bridge = server.container && bridgeOf(server.container, network);
  const inside = server.container?.networks?.find(
    (joined) => joined.ip !== undefined && joined.ip !== "",
  )?.ip;
  const inInterface = incoming(network, client);
  const common = {
    protocol: "tcp" as const,
    isFromOutside,
    ...(client.address === undefined ? {} : { source: client.address }),
    ...(inInterface === undefined ? {} : { inInterface }),
  };
  // Docker's DNAT applies to what comes in from outside; a neighbour on the bridge meets docker-proxy in the input chain
  if (server.published && isFromOutside) {
    return {
      ...common,
      isForwarded: true,
      port: server.published.containerPort,
      ...(inside === undefined ? {} : { destination: inside }),
      ...(bridge === undefined ? {} : { outInterface: bridge }),
    };
  }
  return {
    ...common,
    isForwarded: false,
    port: target.port,
    ...(target.address === undefined ? {} : { destination: target.address }),
  };
}
