// What a host's packet filter does with one new connection, as far as its rules tell.
import type { FirewallRule } from "../model/host.ts";
import { containsAddress, parseAddress, parseSubnet } from "./subnets.ts";

/** The first packet of a connection. What is left out is not known. */
export interface Packet {
  readonly protocol: "tcp" | "udp";
  readonly port: number;
  readonly source?: string;
  readonly destination?: string;
  readonly inInterface?: string;
  /** Only for forwarded packets. */
  readonly outInterface?: string;
  readonly isForwarded: boolean;
  /** The packet comes from another machine: not through lo and not through a bridge of this host. */
  readonly isFromOutside: boolean;
}

export type FilterOutcome = "accept" | "drop" | "reject";

export interface FilterVerdict {
  /** Undefined: the rules seen allow for several outcomes. */
  readonly outcome?: FilterOutcome;
  /** The rule (or policy) that decides; without an outcome, the one that made it uncertain. */
  readonly rule?: FirewallRule;
}

type Match = "yes" | "no" | "maybe";

/** What can happen to the packet, each with the rule that does it. */
type Outcomes = Map<FilterOutcome | "unknown", FirewallRule | undefined>;

const deepestJump = 16;
/** Targets after which the next rule is looked at. */
const passing =
  /^(?:LOG|NFLOG|ULOG|MARK|CONNMARK|COUNT|TRACE|AUDIT|CT|NOTRACK|DNAT|SNAT|MASQUERADE|REDIRECT|TCPMSS|)$/;

/** The filter rules of one host and one tool, in their order. */
export function filterPacket(rules: readonly FirewallRule[], packet: Packet): FilterVerdict {
  const usable = rules.filter((rule) => isFor(rule, packet));
  const outcomes: Outcomes = new Map();
  const base = packet.isForwarded ? "FORWARD" : "INPUT";
  if (usable.every((rule) => rule.chain !== base)) return {};
  walk(base, usable, packet, outcomes, 0, "yes");
  return verdictOf(outcomes);
}

function verdictOf(outcomes: Outcomes): FilterVerdict {
  const [only, ...others] = outcomes;
  if (!only) return {};
  const [outcome, rule] = only;
  if (outcome === "unknown" || others.length > 0) {
    const blocking = outcomes.get("drop") ?? outcomes.get("reject") ?? rule;
    return blocking ? { rule: blocking } : {};
  }
  return rule ? { outcome, rule } : { outcome };
}

function isFor(rule: FirewallRule, packet: Packet): boolean {
  if (rule.table !== undefined && /^(?:nat|mangle|raw|security)$/.test(rule.table)) return false;
  const address = parseAddress(packet.destination ?? packet.source ?? "");
  return rule.family === undefined || rule.family === (address?.family ?? "ipv4");
}

/** Walks a chain. True when the walk ends there for certain; false when the packet may come out at its end. */
function walk(
  chain: string,
  rules: readonly FirewallRule[],
  packet: Packet,
  outcomes: Outcomes,
  depth: number,
  entered: Match,
): boolean {
  if (depth > deepestJump) {
    add(outcomes, "unknown", undefined);
    return true;
  }
  const own = rules.filter((rule) => rule.chain === chain);
  for (const rule of own) {
    if (rule.isPolicy) continue;
    const match = matchOf(rule, packet);
    if (match === "no" || passing.test(rule.action)) continue;
    if (rule.action === "RETURN") {
      if (match === "yes") break;
      continue;
    }
    const outcome = outcomeOf(rule.action);
    if (outcome) add(outcomes, outcome, rule);
    else if (!rules.some((other) => other.chain === rule.action)) continue;
    const ends = outcome !== undefined || walk(rule.action, rules, packet, outcomes, depth + 1, match);
    if (ends && match === "yes") return true;
  }
  const policy = own.find((rule) => rule.isPolicy);
  if (!policy) {
    if (depth === 0) add(outcomes, "unknown", undefined);
    return false;
  }
  const outcome = outcomeOf(policy.action);
  // an nft base chain is entered by a jump here; an accepting policy lets the other base chains have their say
  if (depth > 0 && outcome === "accept") return false;
  if (outcome) add(outcomes, outcome, policy);
  return entered === "yes" && outcome !== undefined;
}

function add(outcomes: Outcomes, outcome: FilterOutcome | "unknown", rule: FirewallRule | undefined): void {
  if (!outcomes.has(outcome)) outcomes.set(outcome, rule);
}

function outcomeOf(action: string): FilterOutcome | undefined {
  if (action === "ACCEPT" || action === "LIMIT") return "accept";
  return action === "DROP" ? "drop" : action === "REJECT" ? "reject" : undefined;
}

function matchOf(rule: FirewallRule, packet: Packet): Match {
  const parts = [
    protocolMatch(rule.protocol, packet.protocol),
    portMatch(rule.ports, packet.port),
    addressMatch(rule.source, packet.source),
    addressMatch(rule.destination, packet.destination),
    inMatch(rule.inInterface, packet),
    outMatch(rule.outInterface, packet),
    stateMatch(rule.states, packet),
    rule.isPartial ? ("maybe" as const) : ("yes" as const),
  ];
  if (parts.includes("no")) return "no";
  return parts.includes("maybe") ? "maybe" : "yes";
}

/** `!x` matches everything but x. */
function negatable(text: string, matches: (bare: string) => Match): Match {
  if (!text.startsWith("!")) return matches(text);
  const match = matches(text.slice(1).trim());
  return match === "maybe" ? "maybe" : match === "yes" ? "no" : "yes";
}

function protocolMatch(rule: string | undefined, packet: string): Match {
  if (rule === undefined || /^(?:all|ip|0)$/.test(rule)) return "yes";
  return negatable(rule, (bare) => (bare === packet || (packet === "tcp" && bare === "6") ? "yes" : "no"));
}

function portMatch(ports: readonly string[] | undefined, port: number): Match {
  if (ports === undefined || ports.length === 0) return "yes";
  const isNegated = ports[0]?.startsWith("!") ?? false;
  const hits = ports.map((text): Match => {
    const range = /^!?(\d{1,5})(?:[:-](\d{1,5}))?$/.exec(text.trim());
    if (!range) return "maybe";
    const from = Number(range[1]);
    return port >= from && port <= Number(range[2] ?? from) ? "yes" : "no";
  });
  const hit: Match = hits.includes("yes") ? "yes" : hits.includes("maybe") ? "maybe" : "no";
  if (!isNegated || hit === "maybe") return hit;
  return hit === "yes" ? "no" : "yes";
}

function addressMatch(rule: string | undefined, address: string | undefined): Match {
  if (rule === undefined || /^(?:0\.0\.0\.0\/0|::\/0|any|anywhere)$/i.test(rule)) return "yes";
  const parsed = address === undefined ? undefined : parseAddress(address);
  return negatable(rule, (bare) => {
    const subnets = bare
      .replace(/[{}]/g, "")
      .split(",")
      .map((text) => parseSubnet(text.trim()));
    if (!parsed || subnets.includes(undefined)) return "maybe";
    return subnets.some((subnet) => subnet && containsAddress(subnet, parsed)) ? "yes" : "no";
  });
}

function inMatch(rule: string | undefined, packet: Packet): Match {
  if (rule === undefined || rule === "*" || rule === "any") return "yes";
  return negatable(rule, (bare) => {
    if (packet.inInterface !== undefined) return isInterface(bare, packet.inInterface) ? "yes" : "no";
    return packet.isFromOutside && isInternal(bare) ? "no" : "maybe";
  });
}

function outMatch(rule: string | undefined, packet: Packet): Match {
  if (rule === undefined || rule === "*" || rule === "any") return "yes";
  // a packet for the host itself has no outgoing interface
  if (!packet.isForwarded) return rule.startsWith("!") ? "yes" : "no";
  return negatable(rule, (bare) => {
    if (packet.outInterface === undefined) return isInternal(bare) ? "maybe" : "no";
    return isInterface(bare, packet.outInterface) ? "yes" : "no";
  });
}

/** `eth+` of iptables and `br-*` of nft stand for all that begin so. */
function isInterface(pattern: string, name: string): boolean {
  return /[+*]$/.test(pattern) ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

/** Interfaces through which nothing comes in from another machine. */
export function isInternal(name: string): boolean {
  return /^(?:lo|docker\d|docker_gwbridge|br-|podman|cni|virbr|veth)/.test(name);
}

function stateMatch(states: readonly string[] | undefined, packet: Packet): Match {
  if (states === undefined || states.length === 0) return "yes";
  // a published port: the first packet has been translated when it comes to the forward chain
  if (packet.isForwarded && states.includes("DNAT")) return "yes";
  const isNegated = states[0]?.startsWith("!") ?? false;
  const hasNew = states.some((state) => state.replace("!", "") === "NEW");
  return hasNew !== isNegated ? "yes" : "no";
}
