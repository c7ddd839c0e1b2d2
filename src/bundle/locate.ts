// What the place of a file in the evidence tells: host and path below `hosts/<name>/`, hints from names.
import type { NameHints } from "../model/evidence.ts";
import { componentInName, hintsFromPath } from "./name-hints.ts";
import type { SourceOrigin } from "./source-text.ts";

export type Located = SourceOrigin;

export function locate(source: string): Located {
  const below = { ...inSosReport(source), ...belowHost(source) };
  const hints: NameHints = hintsFromPath(source);
  return { source, ...below, ...(Object.keys(hints).length > 0 ? { hints } : {}) };
}

/** All files together: equal names behind different prefixes are the same output of several hosts. */
export function locateAll(sources: readonly string[]): readonly Located[] {
  const hosts = hostPrefixes(sources);
  return sources.map((source) => {
    const host = hosts.get(source);
    if (!host) return locate(source);
    // `jenkins1-ss.txt` speaks of a host; what it shows need not be Jenkins.
    const named = hintsFromPath(
      source.replace(`${host}-`, "").replace(`${host}_`, "").replace(`${host}/`, ""),
    );
    const { component: _component, ...located } = hintsFromPath(source);
    return { ...locate(source), hints: { ...located, ...named, host } };
  });
}

/** `hosts/mon/etc/loki/config.yml`, at any depth (archives wrap everything in a folder). */
function belowHost(source: string): { host?: string; path?: string } {
  const parts = source.split("/");
  const at = parts.indexOf("hosts");
  const host = parts[at + 1];
  if (at < 0 || !host || parts.length < at + 3) return {};
  return { host, path: `/${parts.slice(at + 2).join("/")}` };
}

/** A sosreport is one host's root; `sos_commands/networking/ss_-peaonmi` is what `ss -peaonmi` printed. */
function inSosReport(source: string): { host?: string; path?: string; command?: string } {
  const found =
    /(?:^|\/)sosreport-(?<host>[A-Za-z0-9.-]+?)(?:-\d{4,})?-\d{4}-\d{2}-\d{2}-\w+\/(?<rest>.+)$/.exec(
      source,
    )?.groups;
  if (!found?.host || !found.rest) return {};
  const command = /^sos_commands\/[^/]+\/(?<command>[^/]+)$/.exec(found.rest)?.groups?.command;
  return command
    ? { host: found.host, command: command.split("_").map(unmangle).join(" ") }
    : { host: found.host, path: `/${found.rest}` };
}

/** Paths stand there with dots for slashes: `.etc.hosts`; names such as `docker.service` keep theirs. */
function unmangle(word: string): string {
  return /^\.\w/.test(word) ? word.replaceAll(".", "/") : word;
}

/** Names of outputs that are taken once per host. */
const perHost =
  /^(?:ss|netstat|ps|df|du|free|mount|mounts|inspect|info|ip|iptables|nft|ufw|firewall|network|logs?|journal|journalctl|dmesg|uptime|docker|podman|compose|hosts|os|uname|sysctl|systemctl|stat|ls|id|date|chronyc|timedatectl|top|lsof|resolv|route|routes|containers|images|volumes|version|metrics|syslog|messages|prometheus|loki|grafana|alloy|promtail|node|cadvisor|curl)(?![a-z])/;
/** Words in front of a dash that are no hosts. */
const noHost =
  /^(?:logs?|configs?|conf|describe|events?|kubectl|docker|podman|compose|values|pods?|svc|services?|get|before|after|old|new|bad|good|broken|healthy|current|previous|prev|raw|out|output|cmd|the|my|all|targets?|rules?|alerts?|api|helm|k8s|kube|kubernetes|cluster|node|host|hosts|journal|system|container|network|ip|test|prod|dev|staging|\d+)$/;

function hostPrefixes(sources: readonly string[]): ReadonlyMap<string, string> {
  const byRest = new Map<string, Map<string, string>>();
  for (const source of sources) {
    for (const { prefix, rest } of splits(source)) {
      const group = byRest.get(rest) ?? new Map<string, string>();
      group.set(source, prefix);
      byRest.set(rest, group);
    }
  }
  const shared = new Set<string>();
  for (const group of byRest.values()) {
    const names = new Set(group.values());
    if (names.size >= 2) for (const name of names) shared.add(name);
  }
  const hosts = new Map<string, string>();
  for (const source of sources) {
    const prefix = splits(source).find((split) => shared.has(split.prefix))?.prefix;
    if (prefix) hosts.set(source, prefix);
  }
  return hosts;
}

/** `mon-ss.txt` and `mon/ss.txt` → host mon, rest ss.txt. The host may have dashes itself. */
function splits(source: string): readonly { prefix: string; rest: string }[] {
  const slash = source.lastIndexOf("/");
  const folder = source.slice(0, slash + 1);
  const base = source.slice(slash + 1);
  const found: { prefix: string; rest: string }[] = [];
  for (const match of base.matchAll(/[-_.]/g)) {
    const prefix = base.slice(0, match.index);
    const rest = base.slice(match.index + 1);
    if (isHostName(prefix) && perHost.test(rest)) found.push({ prefix, rest: `${folder}*${rest}` });
  }
  const parent = folder.split("/").at(-2);
  if (parent && isHostName(parent) && perHost.test(base)) {
    found.push({ prefix: parent, rest: `${folder.slice(0, -parent.length - 1)}*/${base}` });
  }
  return found;
}

function isHostName(text: string): boolean {
  if (!/^[A-Za-z0-9][A-Za-z0-9.-]{0,62}$/.test(text) || noHost.test(text.toLowerCase())) return false;
  const component = componentInName(text);
  return component === undefined || component === "jenkins" || component === "haproxy";
}
