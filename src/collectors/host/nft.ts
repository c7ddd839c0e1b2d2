// `nft list ruleset` / `nft list table …`: tables, chains with their hooks, rules.

import { given } from "../../model/given.ts";
import type { FirewallRule } from "../../model/host.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const tableLine = /^table (ip6?|inet|arp|bridge|netdev) (\S+) \{/;
const chainLine = /^\s*chain (\S+) \{/;
const hookLine = /^\s*type (\w+) hook (\w+)(?: device \S+)? priority [^;]{1,40};(?: policy (accept|drop);)?/;
const setLine = /^\s*(?:set|map|flowtable|ct helper|counter|quota|limit) \S+ \{/;

/** Hooks under the names of iptables' chains, so that both say the same thing. */
const hookChains: Readonly<Record<string, string>> = {
  input: "INPUT",
  forward: "FORWARD",
  output: "OUTPUT",
  prerouting: "PREROUTING",
  postrouting: "POSTROUTING",
};

export const nft: Parser = {
  id: "nft-ruleset",
  reads: "nft list ruleset",
  provides: ["host.firewall", "host.firewallstates"],
  startsAt: (line, next) =>
    tableLine.test(line) && next !== undefined && /^\s*(?:chain|set|map|flags|comment)\b/.test(next),
  recognise: (segment) => (headOf(segment, 8).some((line) => tableLine.test(line)) ? 0.96 : 0),
  parse(segment, emit) {
    emit.seen("host.firewall");
    const base = { host: hostOf(segment), tool: "nft" as const };
    let table: { family?: "ipv4" | "ipv6"; name: string } = { name: "" };
    let chain = "";
    let skipped = 0;
    emit.fact("host.firewallstates", given({ ...base, at: placeOf(segment, 0), active: true }));
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      const at = placeOf(segment, line.index);
      const opensTable = tableLine.exec(text);
      const opensChain = chainLine.exec(text);
      const hook = hookLine.exec(text);
      if (text === "" || text.startsWith("#")) continue;
      if (skipped > 0) skipped += count(text, "{") - count(text, "}");
      else if (opensTable) table = tableOf(opensTable[1] ?? "", opensTable[2] ?? "");
      else if (opensChain) chain = opensChain[1] ?? "";
      else if (setLine.test(text)) skipped = count(text, "{") - count(text, "}");
      else if (text === "}") chain = "";
      else if (hook) {
        const policy = (hook[3] ?? "accept") === "drop" ? "DROP" : "ACCEPT";
        const name = hookChains[hook[2] ?? ""];
        const rule = { ...base, at, table: table.name, family: table.family, chain, text };
        emit.fact("host.firewall", given({ ...rule, action: policy, isPolicy: true }));
        // the hook makes the packet enter this chain: written as a jump from the chain iptables would call it
        if (name !== undefined && name !== chain)
          emit.fact("host.firewall", given({ ...rule, chain: name, action: chain }));
      } else if (chain !== "") {
        const rule = readRule(text);
        if (rule)
          emit.fact(
            "host.firewall",
            given({ ...base, at, table: table.name, family: table.family, chain, text, ...rule }),
          );
        else leaveAsText(segment, line, emit);
      } else leaveAsText(segment, line, emit);
    }
  },
};

function tableOf(family: string, name: string): { family?: "ipv4" | "ipv6"; name: string } {
  if (family === "ip") return { family: "ipv4", name };
  return family === "ip6" ? { family: "ipv6", name } : { name };
}

function count(text: string, char: string): number {
  return text.split(char).length - 1;
}

type Rule = Pick<
  FirewallRule,
  | "action"
  | "protocol"
  | "ports"
  | "source"
  | "destination"
  | "inInterface"
  | "outInterface"
  | "packets"
  | "to"
  | "states"
  | "isPartial"
>;

const verdict =
  /\b(?:(accept|drop|return|reject|masquerade|queue)\b|(?:jump|goto) (\S+)|dnat(?: ip6?)? to (\S+)|redirect(?: to (\S+))?|(log)\b)/;

function readRule(line: string): Rule | undefined {
  const text = line.slice(0, 4_096);
  const found = lastVerdict(text);
  if (!found) return undefined;
  const one = (pattern: RegExp) => pattern.exec(text)?.[1];
  const ports = one(/\bdport (\{[^}]{1,400}\}|!?=?\s*[\w-]+)/);
  const packets = one(/\bcounter packets (\d+)/);
  const device = (name: string) =>
    one(new RegExp(`\\b${name} (\\{[^}]{1,400}\\}|!= "?[^" ]+"?|"[^"]+"|\\S+)`));
  const input = interfaceOf(device("iifname") ?? device("iif"));
  const output = interfaceOf(device("oifname") ?? device("oif"));
  const known = text
    .replace(/"[^"]*"/g, "")
    .replace(
      /\b(?:counter packets \d+ bytes \d+|ct state \S+(?:, ?\S+)*|meta l4proto \S+|ip protocol \S+|fib daddr type local|xt (?:match|target) "?\w+"?|comment)\b/g,
      "",
    );
  return given({
    action: found.action,
    to: found.to,
    protocol:
      one(/\b(tcp|udp|sctp) dport/) ??
      one(/\b(?:meta l4proto|ip protocol|ip6 nexthdr) (tcp|udp|icmp|icmpv6|ipv6-icmp)/) ??
      one(/\b(icmp|icmpv6) (?:type|code)\b/) ??
      protocolOfSet(one(/\b(?:meta l4proto|ip protocol|ip6 nexthdr) \{([^}]{1,200})\}/)),
    ports: ports === undefined ? undefined : portsOf(ports),
    source: one(/\bip6? saddr (!= \S+|\{[^}]{1,400}\}|\S+)/)?.replace("!= ", "!"),
    destination: one(/\bip6? daddr (!= \S+|\{[^}]{1,400}\}|\S+)/)?.replace("!= ", "!"),
    inInterface: input.name,
    outInterface: output.name,
    states: /\bct status dnat\b/.test(text)
      ? ["DNAT"]
      : one(/\bct state (?:\{ ?)?([a-z, ]{3,60})(?: ?\})?/)
          ?.split(/[, ]+/)
          .map((state) => state.toUpperCase())
          .filter((state) => ["NEW", "ESTABLISHED", "RELATED", "INVALID"].includes(state)),
    packets: packets === undefined ? undefined : Number(packets),
    isPartial:
      input.isPartial ||
      output.isPartial ||
      /\b(?:limit rate|meta mark|ct mark|meter|quota|saddr \{|daddr \{)|@\w/.test(known)
        ? true
        : undefined,
  });
}

/** The statement that decides comes last; `log` only matters when nothing else is there. */
function lastVerdict(text: string): { action: string; to?: string } | undefined {
  const bare = text.replace(/"[^"]*"/g, '""');
  let found: { action: string; to?: string } | undefined;
  for (const match of bare.matchAll(new RegExp(verdict, "g"))) {
    const [, plain, jump, dnat, redirect, log] = match;
    if (plain)
      found = {
        action:
          { accept: "ACCEPT", drop: "DROP", return: "RETURN", reject: "REJECT" }[plain] ??
          plain.toUpperCase(),
      };
    else if (jump) found = { action: jump };
    else if (dnat) found = { action: "DNAT", to: dnat };
    else if (/^redirect/.test(match[0]))
      found = redirect ? { action: "REDIRECT", to: redirect } : { action: "REDIRECT" };
    else if (log && !found) found = { action: "LOG" };
  }
  return found;
}

/** `9100`, `{ 80, 443 }`, `3000-3010`, `!= 22`; service names stay as they are. */
function portsOf(text: string): string[] {
  const not = /^!=/.test(text) ? "!" : "";
  return text
    .replace(/^!=\s*/, "")
    .replace(/[{}]/g, "")
    .split(",")
    .map((port) => `${not}${port.trim().replace("-", ":")}`)
    .filter((port) => port !== "");
}

/** A set of interfaces is written as its first one where all are of the kind nothing comes in through from outside. */
function interfaceOf(text: string | undefined): { readonly name?: string; readonly isPartial?: true } {
  if (text === undefined) return {};
  if (!text.startsWith("{")) return { name: text.replace(/^!= /, "!").replace(/"/g, "") };
  const names = text
    .replace(/[{}"]/g, "")
    .split(",")
    .map((name) => name.trim());
  const [first] = names;
  if (names.length === 1 && first) return { name: first };
  return first && names.every((name) => internal.test(name)) ? { name: first } : { isPartial: true };
}

const internal = /^(?:lo|docker|br-|podman|cni|virbr|veth)/;

/** `{ icmp, ipv6-icmp }` is no rule for TCP; a set with TCP or UDP in it says nothing here. */
function protocolOfSet(text: string | undefined): string | undefined {
  if (text === undefined || /\b(?:tcp|udp|sctp|6|17)\b/.test(text)) return undefined;
  return text.split(",")[0]?.trim();
}
