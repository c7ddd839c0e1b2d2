// The words in which tools say how an attempt to connect ended, as errno classes.
import type { DialOutcome } from "../../model/host.ts";

/** curl's exit codes: https://curl.se/libcurl/c/libcurl-errors.html */
const curlCodes: Readonly<Record<number, DialOutcome>> = {
  6: "nxdomain",
  5: "nxdomain",
  7: "refused",
  22: "http-error",
  28: "timeout",
  35: "tls",
  51: "tls",
  52: "empty-reply",
  56: "reset",
  58: "tls",
  59: "tls",
  60: "tls",
  77: "tls",
  83: "tls",
  91: "tls",
};

const wordings: readonly (readonly [RegExp, DialOutcome])[] = [
  [/connection refused|actively refused/i, "refused"],
  [
    /no route to host|host (?:is )?unreachable|communication (?:administratively )?prohibited|EHOSTUNREACH/i,
    "no-route",
  ],
  [/network is unreachable|network unreachable/i, "network-unreachable"],
  [/timed? ?out|timeout|deadline exceeded/i, "timeout"],
  [
    /could ?n[o']t resolve|name or service not known|no such host|NXDOMAIN|nodename nor servname|unable to resolve|bad address|unknown host|cannot resolve|no address associated/i,
    "nxdomain",
  ],
  [
    /temporary failure in name resolution|SERVFAIL|server misbehaving|no servers could be reached|REFUSED$/i,
    "dns-failure",
  ],
  [/connection reset|recv failure|reset by peer/i, "reset"],
  [/empty reply/i, "empty-reply"],
  [/certificate|SSL|TLS|handshake/i, "tls"],
];

/** The outcome that a piece of an error message names, or undefined. */
export function outcomeOfWords(text: string): DialOutcome | undefined {
  return wordings.find(([pattern]) => pattern.test(text))?.[1];
}

/** Code 7 covers refused, no route and unreachable; 6 covers NXDOMAIN and a resolver that failed: the words decide. */
export function outcomeOfCurl(code: number, message: string): DialOutcome {
  const words = outcomeOfWords(message);
  if (
    (code === 7 || code === 28 || code === 35 || code === 56) &&
    words !== undefined &&
    !/^(?:tls)$/.test(words)
  )
    return words;
  return curlCodes[code] ?? words ?? "other-error";
}
