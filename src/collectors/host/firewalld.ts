// `firewall-cmd --list-all`, `--list-all-zones`, `--state`, `--get-active-zones`.

import { given } from "../../model/given.ts";
import type { FirewallRule } from "../../model/host.ts";
import { commandOf } from "../command.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const zoneLine = /^([A-Za-z0-9_-]{1,40})(?: \((?:default, )?(?:active|default)\))?\s*$/;
const keyLine =
  /^\s+(target|icmp-block-inversion|interfaces|sources|services|ports|protocols|forward|masquerade|forward-ports|source-ports|icmp-blocks|rich rules|ingress-priority|egress-priority):\s*(.*)$/;

export const firewalld: Parser = {
  id: "firewalld",
  reads: "firewall-cmd --list-all, --list-all-zones, --state, --get-active-zones",
  provides: ["host.firewall", "host.firewallstates"],
  startsAt: (line, next) => zoneLine.test(line) && next !== undefined && /^\s+target: \S/.test(next),
  recognise(segment) {
    const head = headOf(segment, 20);
    if (head.filter((line) => keyLine.test(line)).length >= 3) return 0.96;
    const command = commandOf(segment, "firewall-cmd");
    return command && head.length > 0 ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.firewall");
    const base = { host: hostOf(segment), tool: "firewalld" as const };
    let zone: Zone = { name: "", interfaces: [], sources: [] };
    let isRich = false;
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      const at = placeOf(segment, line.index);
      if (text === "") continue;
      if (/^(?:not )?running$/.test(text) || /FirewallD is not running/i.test(text)) {
        emit.fact("host.firewallstates", given({ ...base, at, active: text === "running" }));
        continue;
      }
      const key = keyLine.exec(line.text);
      const title = key ? null : zoneLine.exec(line.text);
      if (title) {
        zone = { name: title[1] ?? "", interfaces: [], sources: [] };
        emit.fact("host.firewallstates", given({ ...base, at, active: true }));
        isRich = false;
      } else if (key) {
        isRich = key[1] === "rich rules";
        zone = withKey(zone, key[1] ?? "", key[2] ?? "");
        for (const rule of rulesOf(zone, key[1] ?? "", key[2] ?? "")) {
          emit.fact("host.firewall", given({ ...base, at, chain: zone.name, text, ...rule }));
        }
        if (isRich && key[2]) emitRich(key[2]);
      } else if (isRich && text.startsWith("rule ")) emitRich(text);
      else leaveAsText(segment, line, emit);

      function emitRich(rule: string): void {
        emit.fact("host.firewall", given({ ...base, at, chain: zone.name, text, ...richRule(rule) }));
      }
    }
  },
};

interface Zone {
  readonly name: string;
  readonly interfaces: readonly string[];
  readonly sources: readonly string[];
}

type Rule = Partial<FirewallRule> & { action: string };

function withKey(zone: Zone, key: string, value: string): Zone {
  const words = value.split(/\s+/).filter((word) => word !== "");
  if (key === "interfaces") return { ...zone, interfaces: words };
  return key === "sources" ? { ...zone, sources: words } : zone;
}

/** Ports of the services that matter to a monitoring stack: firewalld's own XML files. */
const servicePorts: Readonly<Record<string, readonly [string, string]>> = {
  ssh: ["22", "tcp"],
  http: ["80", "tcp"],
  https: ["443", "tcp"],
  dns: ["53", "udp"],
  cockpit: ["9090", "tcp"],
  prometheus: ["9090", "tcp"],
  "prometheus-node-exporter": ["9100", "tcp"],
  grafana: ["3000", "tcp"],
  "kube-api": ["6443", "tcp"],
  "kube-apiserver": ["6443", "tcp"],
  kubelet: ["10250", "tcp"],
  ntp: ["123", "udp"],
};

function rulesOf(zone: Zone, key: string, value: string): Rule[] {
  const words = value.split(/\s+/).filter((word) => word !== "");
  const [inInterface] = zone.interfaces;
  const common = { ...(zone.interfaces.length === 1 && inInterface ? { inInterface } : {}) };
  if (key === "target") {
    // "default" lets pass what is listed and rejects the rest
    const action = { ACCEPT: "ACCEPT", DROP: "DROP", "%%REJECT%%": "REJECT", default: "REJECT" }[
      value.trim()
    ];
    return action === undefined ? [] : [{ action, isPolicy: true }];
  }
  if (key === "ports") {
    return words.map((word) => {
      const [port = "", protocol] = word.split("/");
      return given({ ...common, action: "ACCEPT", ports: [port.replace("-", ":")], protocol });
    });
  }
  if (key !== "services") return [];
  return words.map((word) => {
    const known = servicePorts[word];
    return known
      ? { ...common, action: "ACCEPT", ports: [known[0]], protocol: known[1] }
      : { ...common, action: "ACCEPT", isPartial: true };
  });
}

/** `rule family="ipv4" source address="10.0.0.0/8" port port="9100" protocol="tcp" accept`. */
function richRule(text: string): Rule {
  const attribute = (name: string) => new RegExp(`\\b${name}="([^"]{0,200})"`).exec(text)?.[1];
  const action =
    /\b(accept|drop|reject|mark|masquerade)\b(?![="])/
      .exec(text.replace(/"[^"]*"/g, '""'))?.[1]
      ?.toUpperCase() ?? "";
  const service = /\bservice name="([^"]+)"/.exec(text)?.[1];
  const known = service === undefined ? undefined : servicePorts[service];
  const port = /\bport port="([^"]+)"/.exec(text)?.[1] ?? known?.[0];
  const family = attribute("family");
  return given({
    action,
    source: /\bsource (?:NOT )?address="([^"]+)"/.exec(text)?.[1],
    destination: /\bdestination (?:NOT )?address="([^"]+)"/.exec(text)?.[1],
    ports: port === undefined ? undefined : [port.replace("-", ":")],
    protocol: attribute("protocol") ?? known?.[1],
    family: (["ipv4", "ipv6"] as const).find((known) => known === family),
    isPartial: (service !== undefined && !known) || / NOT /.test(text) ? true : undefined,
  });
}
