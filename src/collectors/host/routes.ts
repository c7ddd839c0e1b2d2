// Routes and neighbours: `ip route`, `ip route get`, `route -n`, `netstat -rn`, `ip neigh`, `arp -n`.

import { given } from "../../model/given.ts";
import type { Route } from "../../model/host.ts";
import { containerOf } from "../command.ts";
import { eachLine, headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const tableTitle = /^Kernel IP(?:v6)? routing table/;
const tableHeader = /^Destination\s+Gateway\s+Genmask\s+Flags/;
const tableRow = /^(\d[\d.]*|default)\s+(\S+)\s+(\d[\d.]*)\s+([A-Z!]{1,8})\s+.*?(\S+)\s*$/;
const ipRow =
  /^(?:(unreachable|blackhole|prohibit|local|broadcast|anycast|unicast|throw) )?(default|[0-9a-fA-F.:]+(?:\/\d{1,3})?)(?:\s+|$)(?:(?:from \S+ )?(?:via (?:inet6? )?(\S+)|nhid \d+|dev|proto|scope)\b.*|(?=$))$/;

export const routes: Parser = {
  id: "routes",
  reads: "ip route, ip route get, route -n, netstat -rn",
  provides: ["host.routes"],
  startsAt: (line, next) =>
    tableTitle.test(line) ||
    (/^default via \S+ dev \S+/.test(line) && next !== undefined && /^\S+\/\d+ (?:via|dev) /.test(next)),
  recognise(segment) {
    const head = headOf(segment, 10);
    if (head.some((line) => tableTitle.test(line) || tableHeader.test(line))) return 0.96;
    const own = head.filter(
      (line) => readIp(line.trim()) !== undefined || /^\s+nexthop via /.test(line),
    ).length;
    return own > 0 && own >= head.length * 0.8 ? 0.94 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.routes");
    const around = { host: hostOf(segment), container: containerOf(segment) };
    eachLine(segment, emit, (line) => {
      const text = line.text.trim();
      if (tableTitle.test(text) || tableHeader.test(text) || /^(?:cache\b|nexthop )/.test(text)) return true;
      const route = readTable(text) ?? readIp(text);
      if (route) emit.fact("host.routes", given({ at: placeOf(segment, line.index), ...around, ...route }));
      return route !== undefined;
    });
  },
};

type Row = Omit<Route, "at" | "host" | "container">;

function readTable(text: string): Row | undefined {
  const match = tableRow.exec(text);
  if (!match) return undefined;
  const [, destination = "", gateway = "", mask = "", flags = "", device] = match;
  const prefix = prefixOf(mask);
  if (prefix === undefined) return undefined;
  const base = destination === "default" ? "0.0.0.0" : destination;
  return given({
    destination: `${base}/${prefix}`,
    gateway: flags.includes("G") ? gateway : undefined,
    device,
  });
}

function prefixOf(mask: string): number | undefined {
  const parts = mask.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return undefined;
  const bits = parts.map((part) => part.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) ? bits.replace(/0/g, "").length : undefined;
}

function readIp(text: string): Row | undefined {
  const match = neighbourRow.test(text) ? null : ipRow.exec(text);
  if (!match) return undefined;
  const [, kind, destination = "", via] = match;
  if (kind === "broadcast" || kind === "anycast") return undefined;
  // an address alone is no route
  if (kind === undefined && !/\s/.test(text)) return undefined;
  const word = (name: string) => new RegExp(`(?:^| )${name} (\\S+)`).exec(text)?.[1];
  const device = word("dev");
  const isV6 = destination.includes(":") || (destination === "default" && via?.includes(":"));
  const full =
    destination === "default"
      ? isV6
        ? "::/0"
        : "0.0.0.0/0"
      : destination.includes("/")
        ? destination
        : `${destination}/${isV6 ? 128 : 32}`;
  return given({ destination: full, gateway: via, device: device ?? kind, source: word("src") });
}

const neighbourRow =
  /^([0-9a-fA-F.:]{3,45}) dev (\S+)(?: lladdr (\S+))?.*? (REACHABLE|STALE|DELAY|PROBE|FAILED|INCOMPLETE|PERMANENT|NOARP)\s*$/;
const arpRow = /^(\d[\d.]+)\s+(?:ether\s+)?((?:[0-9a-f]{2}:){5}[0-9a-f]{2}|\(incomplete\))\s+.*?(\S+)\s*$/;

export const neighbours: Parser = {
  id: "neighbours",
  reads: "ip neigh, arp -n",
  provides: ["host.settings"],
  recognise(segment) {
    const head = headOf(segment).filter((line) => !/^Address\s+HWtype/.test(line));
    const own = head.filter((line) => neighbourRow.test(line.trim()) || arpRow.test(line.trim())).length;
    return own > 0 && own >= head.length * 0.8 ? 0.94 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.settings");
    for (const line of linesOf(segment)) {
      const text = line.text.trim();
      const neighbour = neighbourRow.exec(text);
      const arp = neighbour ? null : arpRow.exec(text);
      const state =
        neighbour?.[4] ?? (arp ? (arp[2] === "(incomplete)" ? "INCOMPLETE" : "REACHABLE") : undefined);
      const address = neighbour?.[1] ?? arp?.[1];
      if (state === undefined || address === undefined) {
        if (!/^Address\s+HWtype/.test(text)) leaveAsText(segment, line, emit);
        continue;
      }
      emit.fact(
        "host.settings",
        given({
          at: placeOf(segment, line.index),
          host: hostOf(segment),
          name: `neighbour ${address}`,
          value: state,
        }),
      );
    }
  },
};
