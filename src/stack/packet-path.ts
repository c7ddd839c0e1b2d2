// The way of a new connection through a host's packet filter: input chain for the host itself, forward chain for published ports.
import type { FirewallRule } from "../model/host.ts";
import { type FilterVerdict, filterPacket, isInternal, type Packet } from "./firewall.ts";
import {
  bridgeOf,
  type Client,
  type HostNetwork,
  incoming,
  type Server,
  type Target,
} from "./host-network.ts";
import { isIn } from "./subnets.ts";

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
  const verdicts = decided(toolsOf(rules, packet), packet).map((own) => filterPacket(own, packet));
  const blocking = verdicts.find(({ outcome }) => outcome === "drop" || outcome === "reject");
  if (blocking) return { filter: blocking };
  if (verdicts.length === 0 || verdicts.some(({ outcome }) => outcome === undefined)) return {};
  return { filter: verdicts[0] ?? {} };
}

/**
 * A tool that shows no chain for this kind of packet has no say, when another one does: nft creates the base chains of
 * iptables only when the first rule is put into them.
 */
function decided(
  tools: readonly (readonly FirewallRule[])[],
  { isForwarded }: Packet,
): readonly (readonly FirewallRule[])[] {
  const base = isForwarded ? "FORWARD" : "INPUT";
  const withSay = tools.filter((own) => own.some((rule) => rule.chain === base));
  return withSay.length > 0 ? withSay : tools;
}

/** Every tool's rules by themselves: a packet must pass all of them. The packet's zone of firewalld counts as its input chain. */
function toolsOf(rules: readonly FirewallRule[], packet: Packet): FirewallRule[][] {
  const tools = new Map<string, FirewallRule[]>();
  for (const rule of rules) {
    if (rule.tool === "firewalld") continue;
    const list = tools.get(rule.tool);
    if (list) list.push(rule);
    else tools.set(rule.tool, [rule]);
  }
  const zone = zoneOf(
    rules.filter((rule) => rule.tool === "firewalld"),
    packet,
  );
  return [...tools.values(), ...(zone ? [zone.map((rule) => ({ ...rule, chain: "INPUT" }))] : [])];
}

/** The rules of the zone that takes the packet; undefined where the zones shown do not tell. */
function zoneOf(rules: readonly FirewallRule[], packet: Packet): FirewallRule[] | undefined {
  const zones = new Map<string, FirewallRule[]>();
  for (const rule of rules) {
    const name = rule.zone?.name ?? rule.chain ?? "";
    zones.set(name, [...(zones.get(name) ?? []), rule]);
  }
  const all = [...zones.values()];
  const bySource = all.find((zone) => zone[0]?.zone?.sources.some((source) => isSource(source, packet)));
  if (bySource) return bySource;
  const { inInterface } = packet;
  const isDefault = (zone: readonly FirewallRule[]) => zone[0]?.zone?.isDefault === true;
  if (inInterface !== undefined) {
    const byInterface = all.find((zone) => zone[0]?.zone?.interfaces.includes(inInterface));
    // Docker puts its bridges into a zone of its own, which a list of one zone does not show
    if (byInterface || isInternal(inInterface)) return byInterface;
    return all.find(isDefault) ?? only(all);
  }
  const taking = all.filter((zone) => {
    const names: readonly string[] = zone[0]?.zone?.interfaces ?? [];
    const inner = names.filter(isInternal);
    return packet.isFromOutside ? names.length > inner.length : inner.length > 0;
  });
  if (taking.length > 0 || !packet.isFromOutside) return only(taking);
  return all.find(isDefault) ?? only(all);
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined;
}

function isSource(source: string, packet: Packet): boolean {
  return packet.source !== undefined && isIn(packet.source, source) === true;
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
