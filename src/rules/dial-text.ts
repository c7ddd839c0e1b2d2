// What a Go dial error in a line says: whom it tried to reach and how that ended.
// The classes follow the table of errno texts in Go's net package (net/dial.go, net/dnsclient_unix.go).
import type { DialOutcome } from "../model/host.ts";
import type { Component, Stack } from "../model/stack.ts";
import { parseAddress, resolveAddress } from "../stack/resolve.ts";

export interface DialError {
  readonly outcome: DialOutcome;
  /** Name or address that was tried, as written. */
  readonly host?: string;
  readonly port?: number;
  readonly resolver?: string;
}

/** Texts that mark a line as a failed attempt to connect; for `texts` of rules. */
export const dialTexts = [
  "dial tcp…: connect: connection refused",
  "dial tcp…: no such host",
  "dial tcp…: server misbehaving",
  // Go before 1.11 names the call getsockopt
  "dial tcp…: getsockopt: connection refused",
  "dial tcp…: getsockopt: no route to host",
  "dial tcp…: getsockopt: connection timed out",
  "dial tcp…: connect: connection timed out",
  "dial tcp…: i/o timeout",
  "dial tcp…: connect: no route to host",
  "dial tcp…: connect: network is unreachable",
  "dial tcp…: Temporary failure in name resolution",
  "dial tcp…: Try again",
  "context deadline exceeded",
  "Client.Timeout exceeded while awaiting headers",
  "connection reset by peer",
  "502 Bad Gateway",
  "503 Service Unavailable",
  "504 Gateway Time-out",
] as const;

const classes: readonly (readonly [RegExp, DialOutcome])[] = [
  [/no such host/i, "nxdomain"],
  [
    /server misbehaving|temporary failure in name resolution|try again|lookup [^:]+(?: on [^:]+:53)?: .*(i\/o timeout|connection refused)/i,
    "dns-failure",
  ],
  [/no route to host/i, "no-route"],
  [/network is unreachable/i, "network-unreachable"],
  [/connection refused/i, "refused"],
  [/connection reset by peer/i, "reset"],
  [/x509|tls:|certificate|HTTP response to HTTPS client/i, "tls"],
  [/i\/o timeout|connection timed out|context deadline exceeded|Client\.Timeout exceeded/i, "timeout"],
  [/\b50[234]\b/, "http-error"],
];

export const outcomeWords: Readonly<Record<DialOutcome, string>> = {
  connected: "connected",
  refused: "the connection is refused (the host answers, nothing listens on that port)",
  timeout: "no answer in time (packets are dropped, or the other side is too slow)",
  "no-route": "no route to the host (a firewall rejects, or the host is down)",
  "network-unreachable": "the network is unreachable from there",
  nxdomain: "the name does not exist (the name server answered: no such host)",
  "dns-failure": "the name server gave no usable answer",
  reset: "the connection is reset after it was accepted",
  tls: "the TLS handshake fails",
  "empty-reply": "the connection is closed without an answer",
  "http-error": "a proxy in between answers with an error",
  "other-error": "the connection fails",
};

/** Reads the error at the end of a line; undefined when there is none. */
export function readDialError(text: string): DialError | undefined {
  const outcome = classes.find(([pattern]) => pattern.test(text))?.[1];
  if (!outcome) return undefined;
  const lookup = text.match(/lookup ([^\s:"\\]+)(?: on ([\d.:a-f[\]]+))?:/i);
  const dialled = text.match(/dial (?:tcp|udp)[46]? (\[?[0-9a-fA-F.:]+\]?):(\d+)/);
  const url = text.match(/https?:\/\/[^\s"'\\<>]+/)?.[0];
  const address = url ? parseAddress(url) : undefined;
  const host = lookup?.[1] ?? address?.host ?? dialled?.[1];
  const port = address?.port ?? (dialled?.[2] ? Number(dialled[2]) : undefined);
  return {
    outcome,
    ...(host ? { host } : {}),
    ...(port === undefined ? {} : { port }),
    ...(lookup?.[2] ? { resolver: lookup[2] } : {}),
  };
}

/** Everything in the stack the error may be about: components, and the Service names the host stands for. */
export function concernsOf(error: DialError, stack: Stack, from: Component | undefined): string[] {
  if (!error.host) return [];
  const address = {
    host: error.host.toLowerCase(),
    ...(error.port === undefined ? {} : { port: error.port }),
  };
  const peers = resolveAddress(stack, address, from).filter((peer) => peer.id !== from?.id);
  const services = peers.flatMap((peer) =>
    peer.services.map((service) =>
      service.namespace ? `${service.namespace}/${service.name}` : service.name,
    ),
  );
  return [
    ...new Set([
      ...peers.map((peer) => peer.id),
      ...services,
      ...peers.flatMap((peer) => peer.host ?? []),
      error.host.toLowerCase(),
    ]),
  ];
}

/** `prometheus:9090`, `10.0.0.7`, or words when the line names nobody. */
export function peerOf(error: DialError): string {
  if (!error.host) return "the other side";
  return error.port === undefined ? error.host : `${error.host}:${error.port}`;
}
