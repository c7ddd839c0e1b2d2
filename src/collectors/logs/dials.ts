// Go's dial errors inside any line: who was called, by which name or address, and how it ended.
// Wordings: Go's net, net/http and crypto/tls packages; old releases say `getsockopt:` where newer ones say `connect:`.

import { given } from "../../model/given.ts";
import type { DialOutcome } from "../../model/host.ts";
import { targetOf } from "../host/target.ts";
import type { LogRecord } from "./record.ts";

/** A failed dial as the line tells it, without who dialled. */
export interface FailedDial {
  readonly target: string;
  readonly targetHost?: string;
  readonly targetPort?: number;
  readonly outcome: DialOutcome;
  readonly httpStatus?: number;
  readonly resolver?: string;
  readonly addresses?: readonly string[];
  readonly error: string;
}

interface Found {
  readonly name?: string;
  readonly address?: string;
  readonly port?: number;
  readonly resolver?: string;
  readonly reason: string;
}

const longest = 16_000;
/** A line that lists more failures lists them all alike. */
const mostPerLine = 16;
const host = String.raw`\[[0-9a-fA-F:.%\w]{2,60}\]|[^\s:"'\\,\]\[()]{1,253}`;
/** The words after the address, up to where another error or the end of the string begins. */
const reason = String.raw`([^"\n]{0,300})`;

const dial = new RegExp(
  String.raw`\bdial (?:tcp|udp)[46]?(?: (${host}):([\w-]{1,15})(?:->(${host}):(\d{1,5}))?)?: ${reason}`,
  "gi",
);
const lookup = new RegExp(
  String.raw`\blookup ([^\s:"'\\]{1,253})\.?(?: on (${host}):\d{1,5})?: ${reason}`,
  "gi",
);
const pipe = new RegExp(
  String.raw`\b(?:read|write) tcp (?:${host}):\d{1,5}->(${host}):(\d{1,5}): ${reason}`,
  "gi",
);
const url = /\b(?:Get|Post|Put|Head|Delete|Patch|Options) \\?"?(https?:\/\/[^\s"\\]{1,2000})\\?"?: /i;
const ending =
  /context deadline exceeded|Client\.Timeout exceeded|net\/http: (?:request canceled|timeout awaiting|TLS handshake timeout)|\bEOF\b|connection reset by peer|x509: |tls: |server gave HTTP response to HTTPS client|malformed HTTP (?:response|status)|i\/o timeout|connection refused|no route to host|network is unreachable|no such host|server misbehaving/i;
const status = /server returned HTTP status (\d{3})/i;

/** Every failed dial a line speaks of; empty when it names no target. Never throws. */
export function failedDials(content: string, fields: LogRecord["fields"]): readonly FailedDial[] {
  const text = content.length > longest ? content.slice(0, longest) : content;
  if (!/dial|lookup|tcp|ndp|:\/\/|target|host|addr|endpoint/i.test(text)) return [];
  const asked = url.exec(text)?.[1] ?? urlOfFields(fields);
  const found = [...dialled(text), ...looked(text), ...broken(text)];
  const dials = found.slice(0, mostPerLine).flatMap((one) => complete(one, asked) ?? []);
  if (dials.length > 0) return distinct(dials);
  const whole = asked === undefined ? undefined : wholeRequest(text, asked);
  return whole ? [whole] : [];
}

function* dialled(text: string): Generator<Found> {
  for (const match of text.matchAll(dial)) {
    const [, first, firstPort, second, secondPort, why = ""] = match;
    // `dial tcp: lookup x on …` is read by `looked`.
    const address = second ?? first;
    if (address === undefined) continue;
    yield given({ address: bare(address), port: Number(secondPort ?? firstPort) || undefined, reason: why });
  }
}

function* looked(text: string): Generator<Found> {
  for (const [, name = "", resolver, why = ""] of text.matchAll(lookup)) {
    yield given({ name: name.replace(/\.$/, ""), resolver: resolver && bare(resolver), reason: why });
  }
}

function* broken(text: string): Generator<Found> {
  for (const match of text.matchAll(pipe)) {
    const [whole, address = "", port, why = ""] = match;
    // The resolver's own connection belongs to the lookup it serves.
    if (/lookup [^:]{1,253}: $/i.test(text.slice(Math.max(0, (match.index ?? 0) - 300), match.index)))
      continue;
    yield { address: bare(address), port: Number(port), reason: why || whole };
  }
}

function bare(address: string): string {
  return address.replace(/^\[|\]$/g, "");
}

/** A name from the URL and the address it resolved to are one target. */
function complete(found: Found, asked: string | undefined): FailedDial | undefined {
  const outcome = outcomeOf(found);
  if (!outcome) return undefined;
  const called = asked === undefined ? {} : targetOf(asked);
  const own = found.name ?? found.address ?? "";
  const isCalled =
    called.targetHost !== undefined &&
    (called.targetHost === own ||
      (found.name === undefined && (found.port === undefined || found.port === called.targetPort)));
  const targetHost = isCalled ? called.targetHost : own;
  const targetPort = found.port ?? (isCalled ? called.targetPort : undefined);
  return given({
    target: isCalled && asked ? asked.replace(/[?#].*$/, "") : targetPort ? `${own}:${targetPort}` : own,
    targetHost,
    targetPort,
    outcome,
    resolver: found.resolver,
    addresses: found.address !== undefined && found.address !== targetHost ? [found.address] : undefined,
    error: tidy(found.reason),
  });
}

function outcomeOf({ name, resolver, reason: why }: Found): DialOutcome | undefined {
  if (/no such host|name or service not known|name does not resolve/i.test(why)) return "nxdomain";
  if (
    /server misbehaving|cannot unmarshal DNS|no answer from DNS|temporary failure in name|try again/i.test(
      why,
    )
  ) {
    return "dns-failure";
  }
  const isLookup = name !== undefined || resolver !== undefined;
  const outcome = outcomes.find(([regex]) => regex.test(why))?.[1];
  // Any other failure of a lookup is the resolver's: it could not be reached or did not answer.
  return isLookup && outcome !== undefined ? "dns-failure" : outcome;
}

const outcomes: readonly (readonly [RegExp, DialOutcome])[] = [
  [/connection refused|actively refused/i, "refused"],
  [/no route to host|host is unreachable/i, "no-route"],
  [/network is unreachable/i, "network-unreachable"],
  [
    /x509:|tls:|first record does not look like|gave HTTP response to HTTPS client|malformed HTTP|TLS handshake/i,
    "tls",
  ],
  [
    /i\/o timeout|deadline exceeded|Client\.Timeout|timeout awaiting|request canceled|operation timed out/i,
    "timeout",
  ],
  [/connection reset|broken pipe|\bEOF\b|forcibly closed/i, "reset"],
  [
    /cannot assign requested address|address already in use|operation not permitted|permission denied|missing port|too many open files/i,
    "other-error",
  ],
];

/** `Get "http://x:9090/…": EOF`: the request names the target, no dial does. */
function wholeRequest(text: string, asked: string): FailedDial | undefined {
  const answered = status.exec(text);
  const failed = answered ? undefined : ending.exec(text);
  if (!answered && !failed) return undefined;
  const why = text
    .slice((answered ?? failed)?.index ?? 0)
    .replace(/["\\].*$/s, "")
    .slice(0, 300);
  const outcome = answered ? "http-error" : outcomeOf({ reason: why });
  const { targetHost, targetPort } = targetOf(asked);
  if (!outcome || targetHost === undefined) return undefined;
  return given({
    target: asked.replace(/[?#].*$/, ""),
    targetHost,
    targetPort,
    outcome,
    httpStatus: answered ? Number(answered[1]) : undefined,
    error: tidy(why),
  });
}

/** Prometheus names the scrape's `target`, agents the `host` they push to, Loki's worker the `address` it dials. */
function urlOfFields(fields: LogRecord["fields"]): string | undefined {
  for (const key of ["target", "url", "alertmanager", "endpoint", "host", "address", "addr", "scrape_url"]) {
    const value = fields?.[key];
    if (
      value &&
      /^(?:https?:\/\/)?(?:\[[0-9a-fA-F:.]+\]|[\w.-]{1,253})(?::\d{1,5})?(?:\/\S*)?$/.test(value)
    ) {
      if (/^https?:|:\d/.test(value)) return value;
    }
  }
  return undefined;
}

/** Without what closes the strings around it. */
function tidy(text: string): string {
  return text.slice(0, 300).replace(/(?:\\[nt]|[\s\\"'\])},;])+$/, "");
}

/** The same failure is often told twice, once by each layer. */
function distinct(dials: readonly FailedDial[]): readonly FailedDial[] {
  const seen = new Map<string, FailedDial>();
  for (const one of dials) {
    const key = `${one.targetHost} ${one.targetPort} ${one.outcome}`;
    if (!seen.has(key)) seen.set(key, one);
  }
  return [...seen.values()];
}
