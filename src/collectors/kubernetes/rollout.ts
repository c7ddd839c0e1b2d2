// `kubectl rollout status` and `kubectl auth can-i`: short answers about one workload or one permission.
import type { Segment } from "../../model/evidence.ts";
import type { Workload } from "../../model/kubernetes.ts";
import type { Emit, Parser } from "../parser.ts";
import { parseKubectl } from "./kubectl-command.ts";
import { emitLeftover } from "./leftover.ts";
import { known } from "./row.ts";

const kinds: Readonly<Record<string, Workload["kind"]>> = {
  deployment: "Deployment",
  statefulset: "StatefulSet",
  "daemon set": "DaemonSet",
};

const named = '(deployment|daemon set|statefulset) "([^"]{1,253})"';
const waitingFor = new RegExp(
  String.raw`^Waiting for ${named} rollout to finish: (\d+) (?:of|out of) (\d+) (?:new replicas have been updated|updated (?:replicas|pods) are available|new pods have been updated)`,
);
const finished = new RegExp(`^${named} successfully rolled out$`);
const late = new RegExp(`^error: ${named} exceeded its progress deadline$`);
const other =
  /^(?:Waiting for \d+ pods to be ready\.\.\.|statefulset rolling update complete \d+ pods at revision \S+\.\.\.|partitioned roll out complete.*|Waiting for partitioned roll out to finish.*|Waiting for deployment spec update to be observed\.\.\.|error: timed out waiting for the condition(?: on \S+)?|\d+ old replicas are pending termination\.\.\.)$/;

export const rolloutParser: Parser = {
  id: "kubectl-rollout-status",
  reads: "kubectl rollout status, kubectl wait",
  provides: ["kubernetes.workloads", "text.lines"],
  startsAt: (line, next) => isRollout(line) && next !== undefined && isRollout(next.trim()),
  recognise({ text }) {
    const lines = text
      .slice(0, 8_000)
      .split("\n")
      .map((line) => line.trim())
      .filter(Boolean);
    const own = lines.filter(isRollout).length;
    return own === 0 ? 0 : own === lines.length ? 1 : own * 2 > lines.length ? 0.6 : 0;
  },
  parse: parseRollout,
};

function isRollout(line: string): boolean {
  if (
    line.length > 1_000 ||
    !/^(?:Waiting|deployment|daemon set|statefulset|error: |partitioned|\d+ old)/.test(line)
  ) {
    return false;
  }
  return waitingFor.test(line) || finished.test(line) || late.test(line) || other.test(line);
}

function parseRollout(segment: Segment, emit: Emit): void {
  const command = parseKubectl(segment.command);
  const lines = segment.text.split("\n");
  const leftover: number[] = [];
  const last = new Map<string, Workload>();
  for (const [i, raw] of lines.entries()) {
    const line = raw.trim();
    if (line === "") continue;
    if (!isRollout(line)) {
      leftover.push(i);
      continue;
    }
    const number = segment.startLine + i;
    const where = known({ namespace: command?.namespace });
    emit.text({ text: line, line: number, stream: "output", ...where });
    const match = waitingFor.exec(line) ?? late.exec(line);
    const kind = kinds[match?.[1] ?? ""];
    if (!match?.[2] || !kind) continue;
    const counts = /available/.test(line) ? { ready: Number(match[3]), desired: Number(match[4]) } : {};
    const at = { source: segment.source, line: number };
    last.set(`${kind}/${match[2]}`, {
      ...last.get(`${kind}/${match[2]}`),
      at,
      origin: "live",
      kind,
      name: match[2],
      ...where,
      ...counts,
    });
  }
  for (const workload of last.values()) emit.fact("kubernetes.workloads", workload);
  emitLeftover(segment, lines, leftover, emit);
}

/** `yes` and `no` mean something only below the command that asked. */
export const canIParser: Parser = {
  id: "kubectl-auth-can-i",
  reads: "kubectl auth can-i VERB RESOURCE",
  provides: ["kubernetes.objects"],
  recognise: ({ text, command }) =>
    /^\s*(?:Warning:.*\n)*\s*(?:yes|no)(?: - .*)?\s*$/.test(text.slice(0, 2_000)) && canI(command) ? 1 : 0,
  parse(segment, emit) {
    const asked = canI(segment.command);
    if (!asked) return;
    const lines = segment.text.split("\n");
    const i = lines.findIndex((line) => /^\s*(?:yes|no)\b/.test(line));
    const at = { source: segment.source, line: segment.startLine + Math.max(i, 0) };
    const allowed = /^\s*yes/.test(lines[i] ?? "");
    const { verb, resource, namespace, user } = asked;
    const resourceAttributes = known({ verb, resource, namespace });
    emit.fact("kubernetes.objects", {
      at,
      origin: "live",
      kind: "SelfSubjectAccessReview",
      apiVersion: "authorization.k8s.io/v1",
      name: `${verb} ${resource}`,
      ...known({ namespace }),
      value: { spec: { resourceAttributes, ...(user ? { user } : {}) }, status: { allowed } },
      lines: { "": at.line },
    });
  },
};

function canI(command: string | undefined) {
  const match = /\bauth\s+can-i\s+(?:--?[\w-]+(?:[= ]\S+)?\s+)*([a-z*]+)\s+([\w.*/-]+)/.exec(
    (command ?? "").slice(0, 2_000),
  );
  if (!match?.[1] || !match[2]) return undefined;
  const user = /--as[= ](\S+)/.exec(command ?? "")?.[1];
  return { verb: match[1], resource: match[2], namespace: parseKubectl(command)?.namespace, user };
}
