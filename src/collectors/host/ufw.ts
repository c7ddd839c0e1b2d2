// `ufw status`, `ufw status verbose`, `ufw status numbered`.

import { given } from "../../model/given.ts";
import type { FirewallRule } from "../../model/host.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const statusLine = /^Status: (active|inactive)\s*$/;
const defaultLine = /^Default: (.*)$/;
const ruleLine =
  /^(?:\[\s*\d{1,4}\]\s+)?(\S.*?)\s{2,}(ALLOW|DENY|REJECT|LIMIT)(?: (IN|OUT|FWD))?\s{2,}(\S.*?)(?:\s{2,}#.*)?\s*$/;
const header = /^(?:\s*To\s+Action\s+From|\s*--\s+------\s+----|Logging: |New profiles: )/;

export const ufw: Parser = {
  id: "ufw-status",
  reads: "ufw status [verbose|numbered]",
  provides: ["host.firewall", "host.firewallstates"],
  startsAt: (line, next) =>
    statusLine.test(line) &&
    (next === undefined || next.trim() === "" || /^(?:Logging|Default):|^To\s/.test(next)),
  recognise: (segment) => {
    const head = headOf(segment, 6);
    if (head.some((line) => /^\s*To\s+Action\s+From\s*$/.test(line))) return 0.96;
    return head.slice(0, 2).some((line) => statusLine.test(line)) && head.length <= 6 ? 0.93 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.firewall");
    const base = { host: hostOf(segment), tool: "ufw" as const };
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      const at = placeOf(segment, line.index);
      const status = statusLine.exec(text);
      const defaults = defaultLine.exec(text);
      const rule = ruleLine.exec(line.text.trim());
      if (text === "" || header.test(line.text)) continue;
      if (status) emit.fact("host.firewallstates", given({ ...base, at, active: status[1] === "active" }));
      else if (defaults) {
        for (const [action, chain] of policies(defaults[1] ?? "")) {
          emit.fact("host.firewall", given({ ...base, at, chain, action, isPolicy: true, text }));
        }
      } else if (rule) emit.fact("host.firewall", given({ ...base, at, text, ...ruleOf(rule) }));
      else leaveAsText(segment, line, emit);
    }
  },
};

const actions: Readonly<Record<string, string>> = {
  allow: "ACCEPT",
  deny: "DROP",
  reject: "REJECT",
  limit: "LIMIT",
};
const chains: Readonly<Record<string, string>> = {
  incoming: "INPUT",
  outgoing: "OUTPUT",
  routed: "FORWARD",
  IN: "INPUT",
  OUT: "OUTPUT",
  FWD: "FORWARD",
};

/** `deny (incoming), allow (outgoing), disabled (routed)`. */
function policies(text: string): [string, string][] {
  return [...text.matchAll(/(allow|deny|reject) \((incoming|outgoing|routed)\)/g)].map((match) => [
    actions[match[1] ?? ""] ?? "",
    chains[match[2] ?? ""] ?? "",
  ]);
}

/** Well-known services and application profiles; others leave the ports unknown and the rule partial. */
const services: Readonly<Record<string, { ports: readonly string[]; protocol?: string }>> = {
  openssh: { ports: ["22"], protocol: "tcp" },
  ssh: { ports: ["22"], protocol: "tcp" },
  http: { ports: ["80"], protocol: "tcp" },
  https: { ports: ["443"], protocol: "tcp" },
  "nginx http": { ports: ["80"], protocol: "tcp" },
  "nginx https": { ports: ["443"], protocol: "tcp" },
  "nginx full": { ports: ["80", "443"], protocol: "tcp" },
  apache: { ports: ["80"], protocol: "tcp" },
  "apache full": { ports: ["80", "443"], protocol: "tcp" },
};

function ruleOf(match: RegExpExecArray): Partial<FirewallRule> & { action: string } {
  const [, to = "", action = "", direction = "IN", from = ""] = match;
  const isV6 = /\(v6\)/.test(to) || /\(v6\)/.test(from);
  const device = / on (\S+)/;
  const clean = (text: string) =>
    text
      .replace(/\s*\(v6\)/, "")
      .replace(/\s*\((?:out|log(?:-all)?)\)/g, "")
      .replace(device, "")
      .trim();
  // `22/tcp (OpenSSH)`: verbose output writes the profile's name behind its ports
  const target = destinationOf(clean(to).replace(/^([\d:,]{1,100}\/\w{1,5}) \([^)]{1,60}\)$/, "$1"));
  const source = sourceOf(clean(from));
  return given({
    chain: chains[direction],
    action: actions[action.toLowerCase()] ?? action,
    ...target,
    ...source,
    inInterface: device.exec(to)?.[1] ?? device.exec(from)?.[1],
    family: isV6 ? ("ipv6" as const) : undefined,
  });
}

/** `9100/tcp`, `9090,9100/tcp`, `10.0.0.5 9100/tcp`, `8000:8100/tcp`, `22`, `OpenSSH`, `Anywhere`. */
function destinationOf(text: string): Pick<FirewallRule, "ports" | "protocol" | "destination" | "isPartial"> {
  const match = /^(?:(\S*[.:]\S*\/?\S*)\s+)?([\d:,]{1,100})(?:\/(tcp|udp))?$/.exec(text);
  if (match) {
    const ports = (match[2] ?? "").split(",").filter((port) => port !== "");
    return given({ ports, protocol: match[3], destination: match[1] });
  }
  if (/^Anywhere(?:\/\w+)?$/.test(text)) return given({ protocol: /\/(tcp|udp)$/.exec(text)?.[1] });
  const service = services[text.toLowerCase()];
  if (service) return { ...service };
  if (/^[0-9a-fA-F.:]+(?:\/\d{1,3})?$/.test(text)) return { destination: text };
  return { isPartial: true };
}

function sourceOf(text: string): Pick<FirewallRule, "source"> {
  const address = /^([0-9a-fA-F.:]+(?:\/\d{1,3})?)(?:\s|$|\/(?:tcp|udp))/.exec(text)?.[1];
  return address === undefined ? {} : { source: address };
}
