// The words that make a line worth reading: pieces of the rules' patterns, bad levels, names of speakers, failed dials.
import { Buffer } from "node:buffer";
import { type Automaton, buildAutomaton } from "./automaton.ts";

const bad = ["warn", "err", "eror", "fatal", "fata", "crit", "panic", "dpanic", "alert", "emerg", "severe"];
const bare = [
  "warn",
  "warning",
  "wrn",
  "error",
  "err",
  "severe",
  "fatal",
  "ftl",
  "crit",
  "critical",
  "panic",
];

/** `{"level":"error"` with and without blank, and escaped inside another JSON string. */
function levelKeys(word: string): readonly string[] {
  return ["level", "lvl", "severity"].flatMap((key) => [
    `${key}=${word}`,
    `${key}="${word}`,
    `${key}=\\"${word}`,
    `${key}":"${word}`,
    `${key}": "${word}`,
    `${key}\\":\\"${word}`,
    `${key}\\": \\"${word}`,
  ]);
}

/** klog's header: letter, month, day. */
function klogDays(): readonly string[] {
  const two = (n: number): string => String(n).padStart(2, "0");
  const days = Array.from({ length: 12 }, (_, month) =>
    Array.from({ length: 31 }, (_, day) => `${two(month + 1)}${two(day + 1)} `),
  ).flat();
  return ["w", "e", "f"].flatMap((letter) => days.map((day) => letter + day));
}

const levels: readonly string[] = [
  ...bad.flatMap(levelKeys),
  ...["40", "50", "60"].flatMap((number) => [`"level":${number}`, `"level": ${number}`]),
  ...bad.map((word) => `[${word}`),
  ...bare.flatMap((word) =>
    [" ", "\n", '"'].flatMap((before) => [" ", ":"].map((after) => before + word + after)),
  ),
  ...["warn[", "erro[", "fata[", "pani["].flatMap((word) => [` ${word}`, `\n${word}`, `"${word}`]),
  ...klogDays(),
  "fatal error: ",
  "[signal sig",
  "sigbus: ",
  "sigsegv: ",
  "runtime: out of memory",
  "failed: [",
  "error[",
  "the connection to the server ",
  "unable to connect to the server",
];

const speakers: readonly string[] = [
  "defaulted container ",
  "defaulting container name to ",
  "= start logs for container ",
  "= end logs for container ",
  "\n==> ",
];

export const startNames = [
  "loki",
  "promtail",
  "prometheus",
  "alertmanager",
  "grafana",
  "node_exporter",
  "blackbox",
  "kube-state-metrics",
  "thanos",
  "mimir",
  "pushgateway",
  "cadvisor",
  "alloy",
] as const;

const starts: readonly string[] = [
  ...startNames.map((name) => `starting ${name}`),
  "(version=",
  "cadvisorversion:",
  ", version ",
];

const dials: readonly string[] = [
  "dial tcp",
  "dial udp",
  ": lookup ",
  "no such host",
  ": try again",
  "name resolution",
  "connection refused",
  "i/o timeout",
  "no route to host",
  "network is unreachable",
  "connection reset by peer",
  "deadline exceeded",
  "server misbehaving",
  "x509: ",
  "client.timeout",
  ": eof",
  "unexpected eof",
  "tls: ",
  "tls handshake",
  "server returned http status",
  "server gave http response to https",
  "malformed http",
];

/** White space beyond ASCII and colour codes hide words from a scan of bytes, so such lines are always read. */
const hiding: readonly string[] = [
  "\u00a0",
  "\u1680",
  ..."\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
  "\u001b[",
];

/** Finds lines worth reading, beginning with the words given. */
export function lineTriggers(literals: readonly string[]): Automaton {
  const words = [...new Set([...literals, ...levels, ...speakers, ...starts, ...dials, ...hiding])];
  return buildAutomaton(words.map((word) => Buffer.from(word)));
}
