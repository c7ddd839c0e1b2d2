// One-shot connection tests: `nc -zv`, `telnet`, `wget`, /dev/tcp redirections.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Dial, DialOutcome } from "../../model/host.ts";
import { commandOf, containerOf, type RanCommand } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Parser } from "../parser.ts";
import { outcomeOfWords } from "./dial-outcome.ts";
import { targetOf } from "./target.ts";

interface Result {
  readonly tool: string;
  readonly outcome: DialOutcome;
  readonly host?: string;
  readonly port?: number;
  readonly address?: string;
  readonly status?: number;
}

type Reader = (line: string) => Result | undefined;

const readers: readonly Reader[] = [
  (line) => {
    // OpenBSD nc: `Connection to mon 9100 port [tcp/*] succeeded!`
    const match =
      /^Connection to (\S+)(?: \(([0-9a-fA-F.:]+)\))? (\d{1,5}) port \[\w+\/[^\]]{0,40}\] succeeded!?/.exec(
        line,
      );
    return match
      ? given({
          tool: "nc",
          outcome: "connected" as const,
          host: match[1],
          address: match[2],
          port: Number(match[3]),
        })
      : undefined;
  },
  (line) => {
    // `nc: connect to mon (10.0.0.5) port 9100 (tcp) failed: Connection refused`
    const match =
      /^nc: connect to (\S+)(?: \(([0-9a-fA-F.:]+)\))? port (\d{1,5}) \(\w+\) (?:failed: (.*)|timed out.*)/.exec(
        line,
      );
    return match
      ? given({
          tool: "nc",
          outcome: outcomeOfWords(line) ?? "other-error",
          host: match[1],
          address: match[2],
          port: Number(match[3]),
        })
      : undefined;
  },
  (line) => {
    // traditional nc: `mon [10.0.0.5] 9100 (?) open`, `(UNKNOWN) [10.0.0.5] 9100 (?) : Connection refused`; busybox: `mon (10.0.0.5:9100) open`
    const match =
      /^(\S+) \[([0-9a-fA-F.:]+)\] (\d{1,5}) \(\S+\) (open|: .*)$/.exec(line) ??
      /^(\S+) \(([0-9a-fA-F.]+):(\d{1,5})\) (open)$/.exec(line);
    if (!match) return undefined;
    const isOpen = match[4] === "open";
    const host = match[1] === "(UNKNOWN)" ? match[2] : match[1];
    return given({
      tool: "nc",
      outcome: isOpen ? ("connected" as const) : (outcomeOfWords(line) ?? "other-error"),
      host,
      address: match[2],
      port: Number(match[3]),
    });
  },
  (line) => {
    // ncat: `Ncat: Connected to 10.0.0.5:9100.`, `Ncat: Connection refused.`; busybox: `nc: mon (10.0.0.5:9100): Connection refused`
    const connected = /^Ncat: Connected to \[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})\.?$/.exec(line);
    if (connected)
      return { tool: "nc", outcome: "connected", address: connected[1] ?? "", port: Number(connected[2]) };
    const outcome = /^(?:Ncat|nc): /.test(line) ? outcomeOfWords(line) : undefined;
    const named = /^nc: (?:bad address '([^']+)'|(\S+) \(([0-9a-fA-F.]+):(\d{1,5})\))/.exec(line);
    return (
      outcome &&
      given({
        tool: "nc",
        outcome,
        host: named?.[1] ?? named?.[2],
        address: named?.[3],
        port: named?.[4] ? Number(named[4]) : undefined,
      })
    );
  },
  (line) => {
    if (/^Connected to \S+\.?$/.test(line))
      return given({ tool: "telnet", outcome: "connected" as const, host: /to (\S+?)\.?$/.exec(line)?.[1] });
    const outcome = /^telnet: /.test(line) ? outcomeOfWords(line) : undefined;
    return (
      outcome &&
      given({ tool: "telnet", outcome, address: /to (?:address|host) ([0-9a-fA-F.:]+): /.exec(line)?.[1] })
    );
  },
  readWget,
  (line) => {
    const match =
      /^(?:bash|sh|-bash|zsh): (?:connect: |line \d+: |\/dev\/tcp\/(\S+?)\/(\d{1,5}): )(.*)$/.exec(line);
    const outcome =
      match && /dev\/tcp|^(?:-?bash|sh): connect: /.test(line) ? outcomeOfWords(match[3] ?? "") : undefined;
    return (
      outcome &&
      given({ tool: "bash", outcome, host: match?.[1], port: match?.[2] ? Number(match[2]) : undefined })
    );
  },
];

function readWget(line: string): Result | undefined {
  const connecting =
    /^Connecting to (\S+?) ?\(\S*?\)?(?:\|([0-9a-fA-F.:]+)\|)?:?(\d{1,5})?\.\.\. (connected|failed: .*)/.exec(
      line,
    );
  if (connecting) {
    const outcome = connecting[4] === "connected" ? "connected" : (outcomeOfWords(line) ?? "other-error");
    return { tool: "wget", outcome };
  }
  const status = /^HTTP request sent, awaiting response\.\.\. (?:(\d{3})|(.*))/.exec(line);
  if (status) {
    const code = status[1] === undefined ? undefined : Number(status[1]);
    const failed = code === undefined ? (outcomeOfWords(status[2] ?? "") ?? "empty-reply") : undefined;
    return given({
      tool: "wget",
      outcome: failed ?? ((code ?? 0) >= 400 ? ("http-error" as const) : ("connected" as const)),
      status: code,
    });
  }
  // busybox: `wget: can't connect to remote host (10.0.0.5): Connection refused`, `wget: server returned error: HTTP/1.1 503 …`
  const busybox = /^wget: (.*)$/.exec(line);
  if (!busybox) return undefined;
  const code = /HTTP\/[\d.]+ (\d{3})/.exec(line)?.[1];
  if (code !== undefined) return { tool: "wget", outcome: "http-error", status: Number(code) };
  const outcome = outcomeOfWords(busybox[1] ?? "");
  return (
    outcome && given({ tool: "wget", outcome, address: /remote host \(([0-9a-fA-F.:]+)\)/.exec(line)?.[1] })
  );
}

function readLine(text: string): Result | undefined {
  const line = text.trim().slice(0, 600);
  for (const reader of readers) {
    const result = reader(line);
    if (result) return result;
  }
  return undefined;
}

export const portProbe: Parser = {
  id: "port-probe",
  reads: "nc -zv, telnet, wget, /dev/tcp",
  provides: ["host.dials"],
  recognise(segment) {
    const head = headOf(segment);
    const own = head.filter((line) => readLine(line) !== undefined).length;
    const isRun = commandOf(segment, "nc", "ncat", "netcat", "telnet", "wget") !== undefined;
    if (own > 0) return isRun ? 0.93 : own >= head.length / 2 ? 0.88 : 0;
    return isRun && head.length > 0 ? 0.5 : 0;
  },
  parse(segment, emit) {
    const command = commandOf(segment, "nc", "ncat", "netcat", "telnet", "wget");
    const asked = command && targetOfCommand(command);
    let last: Dial | undefined;
    for (const line of linesOf(segment, 20_000)) {
      const result = readLine(line.text);
      if (!result) {
        leaveAsText(segment, line, emit, containerOf(segment));
        continue;
      }
      leaveAsText(segment, line, emit, containerOf(segment));
      const dial = dialOf(result, asked, segment, line.index);
      // wget tells its story in several lines: the last one is the outcome
      if (result.tool === "wget" || result.tool === "telnet") last = dial ?? last;
      else if (dial) emit.fact("host.dials", dial);
    }
    if (last) emit.fact("host.dials", last);
  },
};

function dialOf(
  result: Result,
  asked: { target: string; targetHost?: string; targetPort?: number } | undefined,
  segment: Segment,
  index: number,
): Dial | undefined {
  const host = asked?.targetHost ?? result.host ?? result.address;
  if (host === undefined) return undefined;
  const port = result.port ?? asked?.targetPort;
  return given({
    at: placeOf(segment, index),
    fromHost: hostOf(segment),
    fromContainer: containerOf(segment),
    tool: result.tool,
    target: asked?.target ?? (port === undefined ? host : `${host}:${port}`),
    targetHost: host,
    targetPort: port,
    outcome: result.outcome,
    httpStatus: result.status,
    addresses: result.address === undefined ? undefined : [result.address],
  });
}

const probeValues = [
  "-w",
  "-O",
  "-o",
  "-T",
  "--timeout",
  "-t",
  "--tries",
  "-q",
  "-s",
  "-i",
  "-p",
  "-e",
  "--header",
  "-S",
];

function targetOfCommand(
  command: RanCommand,
): { target: string; targetHost?: string; targetPort?: number } | undefined {
  const isWget = command.program === "wget";
  // -q and -S take no value in wget; -q does in nc
  const withValue = isWget
    ? ["-O", "-o", "-T", "-t", "--header", "--timeout", "--tries", "-U", "-P"]
    : probeValues;
  const [host, port] = operands(command.args, withValue);
  if (host === undefined) return undefined;
  if (isWget) {
    const target = targetOf(host);
    return { target: host, ...target, targetPort: target.targetPort ?? 80 };
  }
  const number = /^\d{1,5}$/.test(port ?? "") ? Number(port) : undefined;
  return given({
    target: number === undefined ? host : `${host}:${number}`,
    targetHost: host,
    targetPort: number,
  });
}
