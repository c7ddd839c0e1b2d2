// Listening sockets from `ss`, `netstat` (Linux, busybox) and `lsof -i`.

import { given } from "../../model/given.ts";
import type { Listener } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { eachLine, headOf, hostOf, type Line, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";

const headers = [
  /^\s*(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port/,
  /^\s*Proto\s+Recv-Q\s+Send-Q\s+Local Address\s+Foreign Address/,
  /^Active (?:Internet|UNIX domain) (?:connections|sockets)/,
  /^COMMAND\s+PID\s+(?:TID\s+\S+\s+)?USER\s+FD\s+TYPE\s+DEVICE/,
];

export const sockets: Parser = {
  id: "listening-sockets",
  reads: "ss -ltnp, ss -tulpn, netstat -tulpn, lsof -i",
  provides: ["host.listeners"],
  startsAt: (line) => headers.some((header) => header.test(line)),
  recognise(segment) {
    const head = headOf(segment);
    if (head.slice(0, 4).some((line) => headers.some((header) => header.test(line)))) return 0.95;
    const rows = head.filter((line) => readRow(line) !== undefined).length;
    if (rows > 0 && rows === head.length) return 0.92;
    const command = commandOf(segment, "ss", "netstat", "lsof");
    if (!command) return 0;
    // nothing printed and nothing filtered: nobody listens
    const isEmptyList = head.length === 0 && command.program === "ss" && command.filters.length === 0;
    return rows > 0 || isEmptyList ? 0.9 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.listeners");
    const container = containerOf(segment);
    eachLine(segment, emit, (line) => {
      if (headers.some((header) => header.test(line.text))) return true;
      const row = readRow(line.text);
      if (row !== undefined && row !== "other") emit.fact("host.listeners", listenerOf(row, line));
      return row !== undefined;
    });

    function listenerOf(row: Row, line: Line): Listener {
      return given({ at: placeOf(segment, line.index), host: hostOf(segment), container, ...row });
    }
  },
};

type Row = Pick<Listener, "protocol" | "address" | "port" | "process" | "pid">;

/** A listener, "other" for a socket line that does not listen, undefined for anything else. */
function readRow(text: string): Row | "other" | undefined {
  return readSsRow(text) ?? readNetstatRow(text) ?? readLsofRow(text);
}

const ssRow =
  /^\s*(?:(tcp|udp|u_str|u_dgr|u_seq|nl|p_raw|p_dgr|icmp6|raw|sctp|mptcp|v_str)\s+)?(LISTEN|UNCONN|ESTAB|TIME-WAIT|CLOSE-WAIT|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|CLOSING|LAST-ACK)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s*(.*)$/;

function readSsRow(text: string): Row | "other" | undefined {
  const match = ssRow.exec(text);
  if (!match) return undefined;
  const [, netid, state, , , local = "", , rest = ""] = match;
  if (netid !== undefined && !["tcp", "udp", "sctp", "mptcp"].includes(netid)) return "other";
  if (state !== "LISTEN" && state !== "UNCONN") return "other";
  const socket = splitSocket(local);
  if (!socket) return "other";
  const user = /users:\(\("([^"]{1,64})",(?:pid=)?(\d{1,9})/.exec(rest);
  return given({
    protocol: netid ?? (state === "UNCONN" ? "udp" : "tcp"),
    ...socket,
    process: user?.[1],
    pid: user ? Number(user[2]) : undefined,
  });
}

const netstatRow =
  /^\s*(tcp6?|udp6?|raw6?|sctp)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)(?:\s+([A-Z][A-Z_0-9]+))?(?:\s+\d+\s+\d+)?(?:\s+(?:(\d{1,9})\/(.*?)|-))?\s*$/;

function readNetstatRow(text: string): Row | "other" | undefined {
  if (/^unix\s+\d+\s/.test(text)) return "other";
  const match = netstatRow.exec(text);
  if (!match) return undefined;
  const [, protocol = "", , , local = "", , state, pid, process] = match;
  const isUdp = protocol.startsWith("udp");
  const socket = splitSocket(local);
  if (!socket || (!isUdp && state !== "LISTEN") || (isUdp && state !== undefined)) return "other";
  return given({
    protocol: protocol.replace(/6$/, ""),
    ...socket,
    process: process?.trim() || undefined,
    pid: pid === undefined ? undefined : Number(pid),
  });
}

const lsofRow =
  /^(\S{1,64})\s+(\d{1,9})\s+(?:\d+\s+\S+\s+)?\S+\s+\d+[a-zA-Z]*\s+(IPv4|IPv6)\s+\S+\s+\S+\s+(TCP|UDP)\s+(\S+)(?:\s+\((\w+)\))?\s*$/;

function readLsofRow(text: string): Row | "other" | undefined {
  const match = lsofRow.exec(text);
  if (!match) return undefined;
  const [, process, pid, , protocol = "", name = "", state] = match;
  const listens = protocol === "TCP" ? state === "LISTEN" : !name.includes("->");
  const socket = listens ? splitSocket(name) : undefined;
  return socket ? given({ protocol: protocol.toLowerCase(), ...socket, process, pid: Number(pid) }) : "other";
}

/** Names that `ss` and `netstat` print without -n. */
const namedPorts: Readonly<Record<string, number>> = {
  ssh: 22,
  domain: 53,
  http: 80,
  ntp: 123,
  https: 443,
  sunrpc: 111,
  "http-alt": 8080,
  webcache: 8080,
  ipp: 631,
  smtp: 25,
  jetdirect: 9100,
  "hp-pdl-datastr": 9100,
  mysql: 3306,
  postgresql: 5432,
};

/** `0.0.0.0:9102`, `[::]:9102`, `*:9101`, `:::9100`, `127.0.0.53%lo:53`, `[fe80::1]%eth0:546`. */
function splitSocket(text: string): { address: string; port: number } | undefined {
  const colon = text.lastIndexOf(":");
  if (colon === -1) return undefined;
  const name = text.slice(colon + 1);
  const port = /^\d{1,5}$/.test(name) ? Number(name) : namedPorts[name];
  if (port === undefined || port > 65_535) return undefined;
  const address = text
    .slice(0, colon)
    .replace(/%[\w.@-]+/, "")
    .replace(/^\[|\]$/g, "");
  return { address: address === "" ? "*" : address, port };
}
