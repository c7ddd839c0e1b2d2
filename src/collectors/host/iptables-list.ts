// The table that `iptables -L [-n] [-v]` prints, chain by chain.

import { given } from "../../model/given.ts";
import type { FirewallRule } from "../../model/host.ts";
import { commandsOf } from "../command.ts";
import { optionValue } from "../command-options.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const chainLine =
  /^Chain (\S+) \((?:policy (ACCEPT|DROP|REJECT|QUEUE)(?: (\S+) packets?,? \S+ bytes)?|\d+ references?)[^)]{0,40}\)/;
const headerLine =
  /^\s*(?:num\s+)?(?:pkts\s+bytes\s+)?target\s+prot\s+opt\s+(in\s+out\s+)?source\s+destination\s*$/;

export const iptablesList: Parser = {
  id: "iptables-list",
  reads: "iptables -L -n -v",
  provides: ["host.firewall", "host.firewallstates"],
  startsAt: (line, next) => chainLine.test(line) && (next === undefined || headerLine.test(next)),
  recognise: (segment) => (headOf(segment).some((line) => chainLine.test(line)) ? 0.96 : 0),
  parse(segment, emit) {
    emit.seen("host.firewall");
    const command = commandsOf(segment).find(({ program }) => /^ip6?tables/.test(program));
    const table = (command && optionValue(command.args, "-t", "--table")) ?? undefined;
    const family = command?.program.startsWith("ip6") ? ("ipv6" as const) : undefined;
    const base = { host: hostOf(segment), tool: "iptables" as const, table, family };
    let chain: string | undefined;
    let isVerbose = false;
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      if (text === "") continue;
      const at = placeOf(segment, line.index);
      const title = chainLine.exec(text);
      const header = headerLine.exec(text);
      if (title) {
        chain = title[1];
        const packets = countOf(title[3]);
        if (title[2])
          emit.fact(
            "host.firewall",
            given({ ...base, at, chain, action: title[2], isPolicy: true, packets, text }),
          );
      } else if (header) isVerbose = header[1] !== undefined;
      else {
        const rule = readRule(text, isVerbose);
        if (rule) emit.fact("host.firewall", given({ ...base, at, chain, text, ...rule }));
        else leaveAsText(segment, line, emit);
      }
    }
    emit.fact(
      "host.firewallstates",
      given({ at: placeOf(segment, 0), host: base.host, tool: base.tool, active: true }),
    );
  },
};

const verboseRow =
  /^(?:\d{1,6}\s+)?(\d+[KMGT]?)\s+(\d+[KMGT]?)\s+(\S+)?\s+(!?(?:\d{1,3}|[a-z][\w-]{0,12}))\s+(?:opt|--|-f|!f)\s+(\S+)\s+(\S+)\s+(!?[0-9a-fA-F.:/]+|anywhere|\S+)\s+(\S+)\s*(.*)$/;
const plainRow =
  /^(?:\d{1,6}\s+)?(\S+)?\s+(!?(?:\d{1,3}|[a-z][\w-]{0,12}))\s+(?:--|-f|!f)\s+(\S+)\s+(\S+)\s*(.*)$/;

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

function readRow(text: string, isVerbose: boolean): (string | undefined)[] | undefined {
  if (isVerbose) return verboseRow.exec(text)?.slice(1);
  const row = plainRow.exec(text);
  return row ? [undefined, undefined, row[1], row[2], "*", "*", row[3], row[4], row[5]] : undefined;
}

function readRule(text: string, isVerbose: boolean): Rule | undefined {
  const row = readRow(text, isVerbose);
  if (!row) return undefined;
  const [packets, , target, protocol, inInterface, outInterface, source, destination, extra = ""] = row;
  return given({
    action: target ?? "",
    packets: countOf(packets),
    protocol: protocolOf(protocol),
    inInterface: notAny(inInterface),
    outInterface: notAny(outInterface),
    source: notAny(source),
    destination: notAny(destination),
    ...readExtra(extra),
  });
}

function protocolOf(text: string | undefined): string | undefined {
  const names: Readonly<Record<string, string>> = { "0": "all", "6": "tcp", "17": "udp", "1": "icmp" };
  const name = names[text ?? ""] ?? text;
  return name === "all" ? undefined : name;
}

function notAny(text: string | undefined): string | undefined {
  return text === undefined || /^(?:\*|any|anywhere|0\.0\.0\.0\/0|::\/0)$/.test(text) ? undefined : text;
}

function countOf(text: string | undefined): number | undefined {
  const match = /^(\d{1,12})([KMGT]?)$/.exec(text ?? "");
  if (!match) return undefined;
  return Number(match[1]) * ({ K: 1e3, M: 1e6, G: 1e9, T: 1e12 }[match[2] ?? ""] ?? 1);
}

/** `tcp dpt:9100`, `multiport dports 80,443`, `ctstate RELATED,ESTABLISHED`, `to:172.17.0.3:9100`, `reject-with …`. */
function readExtra(text: string): Pick<Rule, "ports" | "to" | "states" | "isPartial"> {
  const ports =
    /\bdpts?:(!?\d{1,5}(?::\d{1,5})?)/.exec(text)?.[1] ?? /\bdports (!?[\d,:]{1,200})/.exec(text)?.[1];
  const to = /\bto:(\S+)/.exec(text)?.[1];
  const states = /\b(?:ctstate|state) (!?[A-Z,]{1,80})/.exec(text)?.[1];
  const isPartial = /\b(?:match-set|limit:|mark match|recent:|owner |STRING|\bspt|tcp flags)/.test(text);
  return given({
    ports: ports?.split(","),
    to,
    states: states?.split(","),
    isPartial: isPartial ? true : undefined,
  });
}
