// `firewall-cmd --list-all`, `--list-all-zones`, `--state`, `--get-active-zones`.

import { given } from "../../model/given.ts";
import type { FirewallRule } from "../../model/host.ts";
import type { Place } from "../../model/place.ts";
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
    // Different keys: a compose file has `ports:` once for every service.
    const keys = new Set(head.flatMap((line) => keyLine.exec(line)?.[1] ?? []));
    if (keys.size >= 3) return 0.96;
    const command = commandOf(segment, "firewall-cmd");
    return command && head.length > 0 ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.firewall");
    const base = { host: hostOf(segment), tool: "firewalld" as const };
    const zones: ZoneBlock[] = [];
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
      const zone = zones.at(-1);
      if (title) zones.push({ name: title[1] ?? "", title: text, at, keys: [], interfaces: [], sources: [] });
      else if (key) {
        // `--list-all` cut out of its first line
        const own = zone ?? { name: "", title: "", at, keys: [], interfaces: [], sources: [] };
        if (!zone) zones.push(own);
        own.keys.push({ key: key[1] ?? "", value: key[2] ?? "", text, at });
        if (key[1] === "interfaces") own.interfaces.push(...wordsOf(key[2] ?? ""));
        if (key[1] === "sources") own.sources.push(...wordsOf(key[2] ?? ""));
      } else if (zone && text.startsWith("rule "))
        zone.keys.push({ key: "rich rules", value: text, text, at });
      else leaveAsText(segment, line, emit);
    }
    for (const zone of zones.filter((candidate) => isInUse(candidate, zones))) {
      if (zone.title !== "") emit.fact("host.firewallstates", given({ ...base, at: zone.at, active: true }));
      const of = given({
        name: zone.name,
        interfaces: zone.interfaces,
        sources: zone.sources,
        isDefault: /default/.test(zone.title) ? true : undefined,
      });
      const rules = zone.keys.flatMap(({ key, value, text, at }) =>
        (key === "rich rules" ? (value ? [richRule(value)] : []) : rulesOf(key, value)).map((rule) => ({
          text,
          at,
          ...rule,
        })),
      );
      // firewalld asks the denials of rich rules before everything that lets in
      const denies = (rule: Rule) => rule.isPolicy !== true && /^(?:DROP|REJECT)$/.test(rule.action);
      for (const rule of [...rules.filter(denies), ...rules.filter((rule) => !denies(rule))])
        emit.fact("host.firewall", given({ ...base, chain: zone.name, zone: of, ...rule }));
    }
  },
};

interface ZoneBlock {
  readonly name: string;
  readonly title: string;
  readonly at: Place;
  readonly keys: {
    readonly key: string;
    readonly value: string;
    readonly text: string;
    readonly at: Place;
  }[];
  readonly interfaces: string[];
  readonly sources: string[];
}

/** `--list-all-zones` shows the zones nothing belongs to as well. */
function isInUse(zone: ZoneBlock, all: readonly ZoneBlock[]): boolean {
  if (all.length === 1 || /active|default/.test(zone.title)) return true;
  return zone.interfaces.length + zone.sources.length > 0;
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

type Rule = Partial<FirewallRule> & { action: string };

/** Ports of the services that firewalld ships and that stand in many zones: its own XML files. */
const servicePorts: Readonly<Record<string, string>> = {
  ceph: "6800:7300/tcp",
  "ceph-mon": "3300/tcp 6789/tcp",
  cockpit: "9090/tcp",
  dhcp: "67/udp",
  dhcpv6: "547/udp",
  "dhcpv6-client": "546/udp",
  dns: "53/tcp 53/udp",
  "docker-registry": "5000/tcp",
  "docker-swarm": "2377/tcp 7946/tcp 7946/udp 4789/udp",
  elasticsearch: "9300/tcp 9200/tcp",
  "etcd-client": "2379/tcp",
  "etcd-server": "2380/tcp",
  glusterfs: "24007/tcp 24008/tcp 24009/tcp 38465:38467/tcp 49152:49664/tcp",
  grafana: "3000/tcp",
  "high-availability": "2224/tcp 3121/tcp 5403/tcp 5404/udp 5405:5412/udp 9929/tcp 21064/tcp",
  http: "80/tcp",
  http3: "443/udp",
  https: "443/tcp",
  imap: "143/tcp",
  imaps: "993/tcp",
  ipp: "631/tcp 631/udp",
  "ipp-client": "631/udp",
  ipsec: "500/udp 4500/udp",
  jenkins: "8080/tcp",
  kerberos: "88/tcp 88/udp",
  "kube-api": "6443/tcp",
  "kube-apiserver": "6443/tcp",
  kubelet: "10250/tcp",
  ldap: "389/tcp",
  ldaps: "636/tcp",
  llmnr: "5355/tcp 5355/udp",
  mdns: "5353/udp",
  mountd: "20048/tcp 20048/udp",
  mysql: "3306/tcp",
  nfs: "2049/tcp",
  nrpe: "5666/tcp",
  ntp: "123/udp",
  openvpn: "1194/udp",
  postgresql: "5432/tcp",
  prometheus: "9090/tcp",
  "prometheus-node-exporter": "9100/tcp",
  redis: "6379/tcp",
  "rpc-bind": "111/tcp 111/udp",
  rsyncd: "873/tcp 873/udp",
  samba: "137:138/udp 139/tcp 445/tcp",
  "samba-client": "137:138/udp",
  smtp: "25/tcp",
  snmp: "161/udp",
  ssdp: "1900/udp",
  ssh: "22/tcp",
  syslog: "514/udp",
  "syslog-tls": "6514/tcp 6514/udp",
  tftp: "69/udp",
  "vnc-server": "5900:5903/tcp",
  wireguard: "51820/udp",
  "zabbix-agent": "10050/tcp",
  "zabbix-server": "10051/tcp",
};

function portsOfService(name: string): readonly { readonly port: string; readonly protocol: string }[] {
  return wordsOf(Object.hasOwn(servicePorts, name) ? (servicePorts[name] ?? "") : "").map((word) => {
    const [port = "", protocol = "tcp"] = word.split("/");
    return { port, protocol };
  });
}

function rulesOf(key: string, value: string): Rule[] {
  const words = wordsOf(value);
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
      return given({ action: "ACCEPT", ports: [port.replace("-", ":")], protocol });
    });
  }
  if (key !== "services") return [];
  return words.flatMap((word): Rule[] => {
    const known = portsOfService(word);
    return known.length > 0
      ? known.map(({ port, protocol }) => ({ action: "ACCEPT", ports: [port], protocol }))
      : [{ action: "ACCEPT", isPartial: true }];
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
  const known = service === undefined ? [] : portsOfService(service);
  const port = /\bport port="([^"]+)"/.exec(text)?.[1];
  const family = attribute("family");
  return given({
    action,
    source: /\bsource (?:NOT )?address="([^"]+)"/.exec(text)?.[1],
    destination: /\bdestination (?:NOT )?address="([^"]+)"/.exec(text)?.[1],
    ports:
      port === undefined
        ? known.length > 0
          ? known.map((entry) => entry.port)
          : undefined
        : [port.replace("-", ":")],
    protocol: attribute("protocol") ?? known[0]?.protocol,
    family: (["ipv4", "ipv6"] as const).find((known) => known === family),
    isPartial: (service !== undefined && known.length === 0) || / NOT /.test(text) ? true : undefined,
  });
}
