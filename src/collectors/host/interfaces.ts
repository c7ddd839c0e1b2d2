// Interfaces and their addresses: `ip addr`, `ip -br addr`, `ip link`, `ifconfig`.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { InterfaceAddress } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";

const linkLine = /^(\d{1,6}): ([^:\s]{1,64}):\s+<([A-Z0-9_,-]*)>(?: mtu (\d{2,6}))?/;
const inetLine = /^\s+inet6? ([0-9a-fA-F.:]+)(?: peer \S+?)?(?:\/(\d{1,3}))?(?:\s|$)/;
const briefLine =
  /^(\S{1,40})\s+(UP|DOWN|UNKNOWN|LOWERLAYERDOWN|DORMANT)\s+((?:[0-9a-fA-F.:]+\/\d{1,3}(?:\s+metric \d+)?\s*)*|(?:[0-9a-f]{2}:){5}[0-9a-f]{2} <.*>\s*)$/;
const ifconfigLine =
  /^(\S{1,40}?):?\s+(?:flags=\d+<([A-Z0-9_,]*)>\s+(?:metric \d+\s+)?mtu (\d+)|Link encap:)/;
const ifconfigInet =
  /^\s+inet(?:6)? (?:addr: ?)?([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?(?:.*?(?:netmask |Mask:)(0x[0-9a-f]{8}|[\d.]+))?(?:.*?prefixlen (\d{1,3}))?/;

export const interfaces: Parser = {
  id: "interfaces",
  reads: "ip addr, ip -br addr, ip link, ifconfig",
  provides: ["host.addresses", "host.settings"],
  startsAt: (line, next) =>
    /^1: lo:? </.test(line) ||
    (/^\S+: flags=\d+</.test(line) && next !== undefined && /^\s+(?:inet|ether)/.test(next)),
  recognise(segment) {
    const head = headOf(segment, 10);
    if (head.some((line) => linkLine.test(line) && line.includes("<"))) return 0.96;
    if (head.some((line) => ifconfigLine.test(line))) return 0.95;
    const brief = head.filter((line) => briefLine.test(line)).length;
    return brief > 0 &&
      brief === head.length &&
      (head.some((line) => /\d\/\d/.test(line)) || commandOf(segment, "ip"))
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    emit.seen("host.addresses");
    let link: Link = { device: "" };
    for (const line of linesOf(segment)) {
      if (line.text.trim() === "") continue;
      const next = readLink(line.text);
      if (next) {
        link = next;
        emitMtu(segment, line, emit, next);
      } else if (!readAddresses(segment, line, emit, link) && !isDetail(line.text))
        leaveAsText(segment, line, emit);
    }
  },
};

interface Link {
  readonly device: string;
  readonly up?: boolean;
  readonly mtu?: number;
}

function readLink(text: string): Link | undefined {
  const link = linkLine.exec(text);
  if (link) {
    const flags = (link[3] ?? "").split(",");
    const state = / state (\w+)/.exec(text)?.[1];
    const up = state === undefined || state === "UNKNOWN" ? flags.includes("UP") : state === "UP";
    return given({ device: deviceOf(link[2]), up, mtu: link[4] === undefined ? undefined : Number(link[4]) });
  }
  const old = ifconfigLine.exec(text);
  if (!old || /^\s/.test(text)) return undefined;
  const flags = old[2]?.split(",");
  return given({
    device: deviceOf(old[1]),
    up: flags?.includes("UP"),
    mtu: old[3] === undefined ? undefined : Number(old[3]),
  });
}

/** `eth0@if8` is one end of a pair; the name is what stands before. */
function deviceOf(text: string | undefined): string {
  return (text ?? "").replace(/@.*$/, "");
}

function emitMtu(segment: Segment, line: Line, emit: Emit, link: Link): void {
  if (link.mtu === undefined) return;
  const around = { at: placeOf(segment, line.index), host: hostOf(segment), container: containerOf(segment) };
  emit.fact("host.settings", given({ ...around, name: `mtu ${link.device}`, value: String(link.mtu) }));
}

function readAddresses(segment: Segment, line: Line, emit: Emit, link: Link): boolean {
  const add = (address: Omit<InterfaceAddress, "at" | "host" | "container">) => {
    const around = {
      at: placeOf(segment, line.index),
      host: hostOf(segment),
      container: containerOf(segment),
    };
    emit.fact("host.addresses", given({ ...around, ...address }));
  };
  const brief = briefLine.exec(line.text);
  if (brief) {
    const up = brief[2] === "UP" || brief[2] === "UNKNOWN";
    for (const [, cidr = ""] of (brief[3] ?? "").matchAll(/([0-9a-fA-F.:]+\/\d{1,3})(?:\s|$)/g))
      add({ device: deviceOf(brief[1]), cidr, up });
    return true;
  }
  if (link.device === "") return false;
  const inet = inetLine.exec(line.text);
  const old = inet?.[2] === undefined ? ifconfigInet.exec(line.text) : null;
  const prefix = inet?.[2] ?? (old ? (old[2] ?? old[4] ?? prefixOfMask(old[3])) : undefined);
  const address = inet?.[1] ?? old?.[1];
  if (address === undefined) return false;
  add(given({ ...link, cidr: `${address}/${prefix ?? (address.includes(":") ? 128 : 32)}` }));
  return true;
}

function prefixOfMask(mask: string | undefined): number | undefined {
  if (mask === undefined) return undefined;
  const bits = mask.startsWith("0x")
    ? Number.parseInt(mask, 16).toString(2)
    : mask
        .split(".")
        .map((part) => Number(part).toString(2).padStart(8, "0"))
        .join("");
  return bits.replace(/0/g, "").length;
}

function isDetail(text: string): boolean {
  return (
    /^\s+(?:link\/|valid_lft|ether |loop|RX |TX |UP |inet6? |altname|brd|collisions|options=|nd6|media:|status:|alias|device )/.test(
      text,
    ) || /^\s+\S+ brd/.test(text)
  );
}
