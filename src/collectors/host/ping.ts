// Reachability by ICMP: `ping`, `traceroute`, `tracepath`, `mtr -r`.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Dial, DialOutcome } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { outcomeOfWords } from "./dial-outcome.ts";

const title = /^PING (\S+?)(?: \(([0-9a-fA-F.:]+)\))?[: ]/;
const reply = /^(?:\d+ bytes from|Reply from) \S+/;
const unreachable =
  /^(?:From (\S+)(?: \(\S+\))? icmp_seq=\d+ |From \S+: )(.*(?:Unreachable|Prohibited|exceeded|Filtered|Redirect|too long|needed).*)$/i;
const failed =
  /^ping6?: (?:(?:connect|sendto|sendmsg|unknown host|bad address)\b.*|.*(?:unreachable|not known|failure|not permitted|resolution).*)$/i;
const summary = /^(\d+) packets transmitted, (\d+) (?:packets )?received/;

export const ping: Parser = {
  id: "ping",
  reads: "ping",
  provides: ["host.dials"],
  startsAt: (line, next) =>
    title.test(line) &&
    (next === undefined || reply.test(next) || unreachable.test(next) || next.trim() === ""),
  recognise(segment) {
    const head = headOf(segment, 10);
    if (head.some((line) => title.test(line) && /bytes/.test(line))) return 0.96;
    return head.some((line) => unreachable.test(line) || failed.test(line) || summary.test(line)) ? 0.94 : 0;
  },
  parse(segment, emit) {
    emit.seen("host.dials");
    const dial = readPing(segment);
    if (dial) emit.fact("host.dials", dial);
    for (const line of linesOf(segment, 2_000)) {
      if (unreachable.test(line.text.trim()) || failed.test(line.text.trim()))
        leaveAsText(segment, line, emit, containerOf(segment));
    }
  },
};

function readPing(segment: Segment): Dial | undefined {
  const command = commandOf(segment, "ping", "ping6");
  let target = command && operands(command.args, ["-c", "-W", "-w", "-i", "-I", "-s", "-M", "-t", "-Q"])[0];
  let address: string | undefined;
  let outcome: { line: Line; is: DialOutcome } | undefined;
  for (const line of linesOf(segment, 2_000)) {
    const text = line.text.trim();
    const named = title.exec(text);
    const error = unreachable.exec(text);
    const sums = summary.exec(text);
    if (named) {
      target ??= named[1];
      address = named[2];
    } else if (reply.test(text) && outcome?.is !== "connected") outcome = { line, is: "connected" };
    else if (error && !outcome) outcome = { line, is: icmpOutcome(error[2] ?? "") };
    else if (failed.test(text)) {
      target ??= /^ping6?: (?:bad address '|unknown host |)([^\s:']+)/.exec(text)?.[1];
      outcome ??= { line, is: outcomeOfWords(text) ?? "other-error" };
    } else if (sums && !outcome) outcome = { line, is: Number(sums[2]) > 0 ? "connected" : "timeout" };
  }
  if (target === undefined || !outcome) return undefined;
  return given({
    at: placeOf(segment, outcome.line.index),
    fromHost: hostOf(segment),
    fromContainer: containerOf(segment),
    tool: "ping",
    target,
    targetHost: target,
    outcome: outcome.is,
    addresses: address === undefined ? undefined : [address],
  });
}

function icmpOutcome(words: string): DialOutcome {
  if (/net(?:work)? unreachable/i.test(words)) return "network-unreachable";
  if (/unreachable|prohibited|filtered/i.test(words)) return "no-route";
  return "other-error";
}

const hopLine = /^\s*\d{1,2}[:?]?\s+(?:\S|\*)/;
const traceTitle = /^traceroute6? to (\S+) \(([0-9a-fA-F.:]+)\), \d+ hops max/;

export const traceroute: Parser = {
  id: "traceroute",
  reads: "traceroute",
  provides: ["host.dials"],
  startsAt: (line) => traceTitle.test(line),
  recognise: (segment) => (headOf(segment, 3).some((line) => traceTitle.test(line)) ? 0.96 : 0),
  parse(segment, emit) {
    emit.seen("host.dials");
    const lines = linesOf(segment, 500);
    const named = lines.map((line) => traceTitle.exec(line.text)).find((match) => match !== null);
    const hops = lines.filter((line) => hopLine.test(line.text));
    const last = hops.at(-1);
    const [, target, address] = named ?? [];
    if (!last || target === undefined || address === undefined) return;
    const arrived = last.text.includes(`(${address})`) || last.text.includes(` ${address} `);
    const mark = /!(H|N|X|P|A)\b/.exec(last.text)?.[1];
    const outcome: DialOutcome =
      mark === "N" ? "network-unreachable" : mark ? "no-route" : arrived ? "connected" : "timeout";
    emit.fact(
      "host.dials",
      given({
        at: placeOf(segment, last.index),
        fromHost: hostOf(segment),
        fromContainer: containerOf(segment),
        tool: "traceroute",
        target,
        targetHost: target,
        outcome,
        addresses: [address],
      }),
    );
  },
};
