// `curl` with what it printed: body, `-v` transcript, `-I` headers, `-w '%{http_code}'`, or its error line.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Dial, DialOutcome } from "../../model/host.ts";
import { commandOf, containerOf } from "../command.ts";
import { operands } from "../command-options.ts";
import { headOf, hostOf, type Line, leaveAsText, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { outcomeOfCurl, outcomeOfWords } from "./dial-outcome.ts";
import { targetOf } from "./target.ts";

const errorLine = /^curl: \((\d{1,2})\) (.*)$/;
const statusLine = /^(?:< )?HTTP\/[\d.]{1,3} (\d{3})\b/;
const headerLine = /^[A-Za-z][\w-]{0,100}:(?: |$)/;
const transcript = /^(?:\*|[<>])(?: |$)/;
const maxBody = 4_096;

export const curl: Parser = {
  id: "curl",
  reads: "curl URL, curl -v, curl -I, with result or error",
  provides: ["host.dials"],
  startsAt: (line) => /^\*\s+(?:Trying \S+|Host \S+ was resolved\.|Rebuilt URL to)/.test(line),
  recognise(segment) {
    if (handedOn.has(segment)) return 0.05;
    const head = headOf(segment, 40);
    const errors = head.filter((line) => errorLine.test(line)).length;
    // one such line among many is a log of something that uses curl
    if (errors > 0 && (commandOf(segment, "curl") || errors >= head.length * 0.2)) return 0.93;
    const verbose = head.filter((line) => transcript.test(line)).length;
    if (
      verbose >= 3 &&
      head.some((line) => /^\* +(?:Trying|Connected|Host|connect to|Could not|Failed)|^[<>] /.test(line))
    )
      return 0.92;
    const command = commandOf(segment, "curl");
    if (!command) return 0;
    return isDialOnly(segment, head) ? 0.7 : 0;
  },
  parse(segment, emit) {
    if (handedOn.has(segment)) {
      for (const line of linesOf(segment)) leaveAsText(segment, line, emit, containerOf(segment));
      return;
    }
    const dial = readDial(segment, emit);
    if (dial) emit.fact("host.dials", dial);
    handOnBody(segment, emit);
  },
};

/**
 * The answer of a curl may be something another parser knows (metrics, JSON of an API, a config): those score higher there. Here
 * it is enough that the command says what was dialled.
 */
function isDialOnly(segment: Segment, head: readonly string[]): boolean {
  return head.length > 0 && urlOf(segment) !== undefined;
}

const valueOptions = [
  "-H",
  "--header",
  "-d",
  "--data",
  "--data-raw",
  "--data-binary",
  "--data-urlencode",
  "-X",
  "--request",
  "-u",
  "--user",
  "-o",
  "--output",
  "-w",
  "--write-out",
  "-m",
  "--max-time",
  "--connect-timeout",
  "--cacert",
  "--cert",
  "-E",
  "--key",
  "--resolve",
  "-A",
  "--user-agent",
  "-e",
  "--referer",
  "-b",
  "--cookie",
  "-c",
  "--cookie-jar",
  "-x",
  "--proxy",
  "--retry",
  "--interface",
  "-T",
  "--unix-socket",
  "--retry-delay",
  "-F",
  "-K",
  "--dns-servers",
];

function urlOf(segment: Segment): string | undefined {
  const command = commandOf(segment, "curl");
  if (!command) return undefined;
  const explicit = command.args[command.args.indexOf("--url") + 1];
  if (command.args.includes("--url")) return explicit;
  return operands(command.args, valueOptions)[0];
}

interface Answer {
  failure?: { line: Line; code: number; message: string };
  status?: { line: Line; code: number };
  connected?: Line;
  address?: string;
  url?: string;
  refusedBy?: Line;
  body: Line[];
}

function readAnswer(segment: Segment, emit: Emit | undefined): Answer {
  const answer: Answer = { body: [] };
  // `-i` prints the head of the answer before its body; an empty line ends it
  let inHead = false;
  for (const line of linesOf(segment, 20_000)) {
    const text = line.text.trim();
    if (/^HTTP\/[\d.]{1,3} \d{3}\b/.test(text)) inHead = true;
    else if (inHead && text === "") inHead = false;
    else if (inHead && headerLine.test(text)) continue;
    const failure = errorLine.exec(text);
    const status = statusLine.exec(text);
    if (failure) {
      answer.failure = { line, code: Number(failure[1]), message: failure[2] ?? "" };
      if (emit) leaveAsText(segment, line, emit, containerOf(segment));
    } else if (status) answer.status = { line, code: Number(status[1]) };
    else if (transcript.test(text)) readTranscript(text, line, answer);
    else if (!/^(?:[{}] \[|\s*%\s+Total|\s*Dload|[\d\s:.-]+(?:--:--:--|\d:\d\d:\d\d))/.test(text))
      answer.body.push(line);
  }
  return answer;
}

function readTranscript(text: string, line: Line, answer: Answer): void {
  const trying = /^\*\s+Trying \[?([0-9a-fA-F.:]+?)\]?(?::(\d{1,5}))?\.\.\./.exec(text);
  if (trying?.[1]) answer.address = trying[1];
  if (/^\* (?:Connected to|Established connection)/.test(text)) {
    answer.connected = line;
    const to =
      /(?:Connected to|Established connection to) (\S+) \(\[?([0-9a-fA-F.:]+?)\]?(?: port \d+)?\)/.exec(text);
    if (to?.[2]) answer.address = to[2];
  }
  if (/^\* .*(?:refused|No route|unreachable|timed out|Could not resolve|Empty reply)/i.test(text))
    answer.refusedBy ??= line;
  const host = /^> Host: (\S+)/i.exec(text);
  if (host?.[1]) answer.url ??= host[1];
}

function readDial(segment: Segment, emit: Emit): Dial | undefined {
  const answer = readAnswer(segment, emit);
  const { failure, status } = answer;
  const target = urlOf(segment) ?? failureTarget(failure?.message) ?? answer.url;
  if (target === undefined) return undefined;
  const code = status?.code ?? writtenStatus(segment, answer);
  const proof = failure?.line ?? status?.line ?? answer.connected ?? answer.refusedBy ?? answer.body[0];
  const outcome = outcomeOf(answer, code);
  const body = answer.body
    .map((line) => line.text)
    .join("\n")
    .trim()
    .slice(0, maxBody);
  if (!proof || !outcome) return undefined;
  return given({
    at: placeOf(segment, proof.index),
    fromHost: hostOf(segment),
    fromContainer: containerOf(segment),
    tool: "curl",
    target,
    ...targetOf(target),
    ...portOfMessage(failure?.message),
    outcome,
    httpStatus: code,
    body: body === "" || failure ? undefined : body,
    addresses: answer.address === undefined ? undefined : [answer.address],
  });
}

function outcomeOf(answer: Answer, status: number | undefined): DialOutcome | undefined {
  if (answer.failure) return outcomeOfCurl(answer.failure.code, answer.failure.message);
  if (status !== undefined && status >= 400) return "http-error";
  if (status === 0) return "other-error";
  if (status !== undefined || answer.connected) return "connected";
  if (answer.refusedBy) return outcomeOfWords(answer.refusedBy.text);
  return answer.body.some((line) => line.text.trim() !== "") ? "connected" : undefined;
}

/** `-w '%{http_code}'` leaves the number as the last (or only) piece of output. */
function writtenStatus(segment: Segment, answer: Answer): number | undefined {
  const asked = commandOf(segment, "curl")?.args.some(
    (word) => word.includes("%{http_code}") || word.includes("%{response_code}"),
  );
  const last =
    answer.body
      .filter((line) => line.text.trim() !== "")
      .at(-1)
      ?.text.trim() ?? "";
  const code = /(?:^|\D)(\d{3})$/.exec(last)?.[1];
  return asked && code !== undefined ? Number(code) : undefined;
}

/** `Failed to connect to 10.0.0.5 port 9100 after 0 ms: …`, `Could not resolve host: loki`. */
function failureTarget(message: string | undefined): string | undefined {
  const connect = /(?:connect to|connecting to) (\S+) port (\d{1,5})/i.exec(message ?? "");
  if (connect) return `${connect[1]}:${connect[2]}`;
  return /resolve host:? '?([^\s']+)'?/i.exec(message ?? "")?.[1];
}

function portOfMessage(message: string | undefined): { targetPort?: number } {
  const port = / port (\d{1,5})/.exec(message ?? "")?.[1];
  return port === undefined ? {} : { targetPort: Number(port) };
}

/** Bodies that were handed on; nobody else knew them if they come back here. */
const handedOn = new WeakSet<Segment>();

/** A body that stands after headers is handed on: it may be an API's JSON, metrics or a config. */
function handOnBody(segment: Segment, emit: Emit): void {
  const lines = linesOf(segment, 20_000);
  const answer = readAnswer(segment, undefined);
  const body = answer.body.filter((line) => line.text.trim() !== "");
  const [first, last] = [body[0], body.at(-1)];
  const other = lines.filter((line) => line.text.trim() !== "").length - body.length;
  if (!first || !last || other === 0) return;
  const own = new Set(answer.body.map((line) => line.index));
  const kept = lines.slice(first.index, last.index + 1).map((line) => (own.has(line.index) ? line.text : ""));
  const child = { ...segment, startLine: segment.startLine + first.index, text: kept.join("\n") };
  handedOn.add(child);
  emit.segment(child);
}
