// Bodies of readiness and health endpoints, and polls of them over time: `ready`, `Ingester not ready: …`, `Prometheus Server is Ready.`
import type { HealthAnswer } from "../../model/api.ts";
import type { ComponentKind } from "../../model/component.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { headOf, hostOf, type Line, linesOf, placeOf } from "../lines.ts";
import type { Emit, Parser } from "../parser.ts";
import { askedUrl, componentAt } from "./asked.ts";

interface BodySign {
  readonly pattern: RegExp;
  readonly component?: ComponentKind;
  readonly healthy: boolean;
  /** The words alone say what they are; others need the command that asked. */
  readonly sure: boolean;
}

/** Texts of the components' own handlers. */
const signs: readonly BodySign[] = [
  {
    pattern: /^Prometheus(?: Server)? is (?:Ready|Healthy)\.?$/,
    component: "prometheus",
    healthy: true,
    sure: true,
  },
  { pattern: /^Service Unavailable$/, component: "prometheus", healthy: false, sure: false },
  {
    pattern: /^Alloy is ready\.?$|^All Alloy components are healthy\.?$/,
    component: "alloy",
    healthy: true,
    sure: true,
  },
  { pattern: /^unhealthy components: /, component: "alloy", healthy: false, sure: true },
  {
    pattern: /^Alloy is not ready\.?|^Config failed to load/i,
    component: "alloy",
    healthy: false,
    sure: true,
  },
  { pattern: /^Agent is Ready\.?$/, component: "alloy", healthy: true, sure: true },
  {
    pattern:
      /^(?:Ingester|Query Frontend|Querier|Ruler|Distributor|Compactor|Index Gateway|Pattern Ingester|Query Scheduler|Store|Ring) not ready: /i,
    component: "loki",
    healthy: false,
    sure: true,
  },
  { pattern: /^Some services are not Running:?/, component: "loki", healthy: false, sure: true },
  {
    pattern: /^Not ready: Unable to find any logs to tail/i,
    component: "promtail",
    healthy: false,
    sure: true,
  },
  { pattern: /^ready$/, healthy: true, sure: false },
  { pattern: /^Ready$/, component: "promtail", healthy: true, sure: false },
  { pattern: /^(?:OK|ok)$/, healthy: true, sure: false },
  { pattern: /^(?:not ready|unhealthy|Not Ready)\b/i, healthy: false, sure: false },
];

const healthPath = /\/(?:-\/(?:ready|healthy)|ready|healthz|readyz|livez|api\/health)\b/;
/** `8s Ingester not ready: …  -> 503`, `12:01:05 ready 200`, `[3] ready (200)`. */
const poll =
  /^\s*(?:\[?[\dT:.\-+Z]{1,35}s?\]?|t\+\d{1,6}s?|attempt \d{1,5}:?)\s+(.{1,500}?)\s*(?:->|=>|→|:|\(|\||HTTP)?\s*(\d{3})\)?\s*$/i;
const statusBehind = /^(.{0,2000}?)\s*(?:->|=>|→|\(|\||HTTP(?:\/[\d.]+)?)?\s*\b([1-5]\d\d)\)?\s*$/;

export const healthText: Parser = {
  id: "health-text",
  reads: "bodies of /ready, /-/ready, /-/healthy, /healthz, once or polled",
  provides: ["component.health", "text.lines"],
  recognise(segment) {
    if (segment.text.length > 20_000) return 0;
    const head = headOf(segment, 6).map((line) => line.trim());
    const [first] = head;
    if (first === undefined) return 0;
    if (isPolls(head)) return 0.92;
    const sign = signOf(bodyOf(segment, first).body);
    const asked = healthPath.test(segment.command?.slice(0, 4_000) ?? "");
    if (sign && (sign.sure || asked) && head.length <= 6) return 0.92;
    return asked && head.length <= 3 && !/^[{<*]|^curl:|^HTTP\/|^[<>] |^wget:/.test(first) ? 0.75 : 0;
  },
  parse(segment, emit) {
    emit.seen("component.health");
    const lines = linesOf(segment, 500).filter((line) => line.text.trim() !== "");
    if (isPolls(lines.slice(0, 6).map((line) => line.text.trim())))
      for (const line of lines) emitPoll(segment, line, emit);
    else emitBody(segment, lines, emit);
  },
};

function isPolls(head: readonly string[]): boolean {
  const polls = head.filter((line) => poll.test(line) && signOf(poll.exec(line)?.[1] ?? "") !== undefined);
  return polls.length > 0 && polls.length * 2 >= head.length;
}

function signOf(body: string): BodySign | undefined {
  return signs.find((sign) => sign.pattern.test(body.trim()));
}

/** A body with the status that `-w '%{http_code}'` leaves behind it. */
function bodyOf(segment: Segment, text: string): { body: string; status?: number } {
  const glued = /%\{(?:http|response)_code\}/.test(segment.command ?? "")
    ? /^(.{1,2000}?)([1-5]\d\d)$/s.exec(text)
    : null;
  const match = statusBehind.exec(text) ?? glued;
  const [, body = "", status] = match ?? [];
  return status === undefined || (body === "" && !/^\d{3}$/.test(text))
    ? { body: text }
    : { body, status: Number(status) };
}

function emitPoll(segment: Segment, line: Line, emit: Emit): void {
  const [, body = "", status = ""] = poll.exec(line.text.trim()) ?? [];
  if (body !== "") emitAnswer(segment, line, body, Number(status), emit);
}

function emitBody(segment: Segment, lines: readonly Line[], emit: Emit): void {
  const [first] = lines;
  const last = lines.at(-1);
  if (!first || !last) return;
  const alone = lines.length > 1 && /^\d{3}$/.test(last.text.trim()) ? Number(last.text) : undefined;
  const texts = (alone === undefined ? lines : lines.slice(0, -1)).map((line) => line.text.trim());
  const { body, status } = bodyOf(segment, texts.join("\n"));
  emitAnswer(segment, first, body, alone ?? status, emit);
}

function emitAnswer(
  segment: Segment,
  line: Line,
  body: string,
  status: number | undefined,
  emit: Emit,
): void {
  const sign = signOf(body.split("\n", 1)[0] ?? "");
  const url = askedUrl(segment);
  const component = sign?.component ?? componentAt(url, segment) ?? (body === "ready" ? "loki" : undefined);
  const at = placeOf(segment, line.index);
  const answer: HealthAnswer = given({
    at,
    host: hostOf(segment),
    component,
    url,
    httpStatus: status,
    body,
    healthy: status === undefined ? (sign?.healthy ?? false) : status < 400 && sign?.healthy !== false,
  });
  emit.fact("component.health", answer);
  if (!answer.healthy && body !== "") {
    emit.text({
      text: body.split("\n", 1)[0] ?? body,
      line: at.line ?? 1,
      stream: "answer",
      ...(component ? { component } : {}),
    });
  }
}
