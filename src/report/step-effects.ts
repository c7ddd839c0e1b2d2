// What a step of a repair reaches and what is missed while it happens, in words for whoever has to agree to it.
import type { Finding } from "../model/finding.ts";
import type { Step } from "../model/plan.ts";
import type { StepResult } from "../model/remediation.ts";
import { oneLine } from "./text/safe.ts";

export interface StepEffects {
  /** Which findings it is done for, and where their proof stands. */
  readonly reasons: readonly { readonly says: string; readonly proof?: string }[];
  readonly risk: string;
  /** How far it reaches at most. */
  readonly reach: string;
  /** What is not measured, logged or answered meanwhile. */
  readonly gap: string;
}

export function effectsOf(step: Step, result: StepResult, findings: readonly Finding[]): StepEffects {
  return {
    reasons: findings
      .map(({ says, proof }) => ({ says, first: telling(proof) }))
      .map(({ says, first }) => ({
        says,
        ...(first
          ? {
              proof: `${first.source}${first.line === undefined ? "" : `:${first.line}`}: ${oneLine(first.excerpt).slice(0, 160)}`,
            }
          : {}),
      })),
    risk: riskOf(step, findings),
    reach: reachOf(step, result),
    gap: gapOf(step, findings),
  };
}

/** The findings whose fix the step is part of. */
export function findingsOfStep(step: Step, findings: readonly Finding[]): readonly Finding[] {
  const wanted = JSON.stringify(step);
  return findings.filter(({ fix }) => fix?.steps.some((one) => JSON.stringify(one) === wanted));
}

/** A brace alone proves nothing to a reader: the first line that says something. */
function telling(proof: Finding["proof"]): Finding["proof"][number] | undefined {
  return proof.find(({ excerpt }) => /\w{3}/.test(excerpt)) ?? proof[0];
}

function riskOf(step: Step, findings: readonly Finding[]): string {
  const risks = new Set(findings.map(({ fix }) => fix?.risk));
  if (!stops(step)) return "safe: nothing stops because of this step";
  if (risks.has("disruptive") || stops(step)) return "disruptive: something restarts";
  return "not known";
}

function stops(step: Step): boolean {
  return (
    step.do === "restart" ||
    step.do === "recreate-container" ||
    step.do === "put-container" ||
    (step.do === "patch-object" && isWorkload(step.kind))
  );
}

function isWorkload(kind: string): boolean {
  return /^(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Job|CronJob)$/i.test(kind);
}

type Target = Extract<Step, { readonly do: "restart" }>["what"];

function named(target: Target): string {
  const { kind, namespace, name, host } = target;
  return oneLine(`${kind} ${namespace ? `${namespace}/` : ""}${name}${host ? ` on ${host}` : ""}`);
}

function reachOf(step: Step, { where }: StepResult): string {
  const place = where === undefined ? undefined : oneLine(where);
  switch (step.do) {
    case "edit-document":
    case "replace-lines":
      return `the shown lines of ${place ?? oneLine(step.file.source)}, nothing else in it`;
    case "write-file":
      return `the file ${place ?? oneLine(step.path)}`;
    case "set-owner":
      return step.below
        ? `this path, and of what the component keeps below it what uid ${step.below.uid} has: ${place ?? oneLine(step.path)}`
        : `this one path, nothing below it: ${place ?? oneLine(step.path)}`;
    case "patch-object":
      return isWorkload(step.kind)
        ? `the shown fields of ${place ?? `${step.kind} ${step.name}`}; its controller makes its pods anew`
        : `the shown fields of ${place ?? `${step.kind} ${step.name}`}, and whoever uses it`;
    case "recreate-container":
      return `container ${oneLine(step.name)}${step.host ? ` on ${oneLine(step.host)}` : ""}, and containers that share its network; the old one is kept`;
    case "restart":
      if (place !== undefined && /: (?:container|unit) /.test(place) && !/: unit docker/.test(place))
        return place;
      if (step.what.kind === "unit" && /^(?:docker|containerd|podman)\b/.test(step.what.name))
        return `${named(step.what)}, and every container it runs`;
      if (step.what.kind === "unit" || step.what.kind === "container") return named(step.what);
      return `the pods of ${named(step.what)}, one at a time`;
    case "reload":
      return `${place ?? named(step.what)}: it reads its files again`;
    case "admit-source":
      return `connections of ${step.source} to port ${step.port}${step.host ? ` of ${oneLine(step.host)}` : ""}; nobody else's`;
    case "check-config":
      return "nothing: a copy of its configuration is looked at";
    case "put-files":
    case "backup-data":
    case "move-folder":
    case "put-container":
    case "refresh-container":
      return place ?? oneLine(step.host);
    case "by-hand":
      return "what the person who does it reaches";
  }
}

function gapOf(step: Step, findings: readonly Finding[]): string {
  if (step.do === "by-hand") return "depends on who does it";
  if (!stops(step)) return "none";
  if (step.do === "restart" && step.what.kind === "unit" && /^(?:docker|containerd)\b/.test(step.what.name))
    return "everything on that host is unseen until its containers run again";
  const name = (step.do === "restart" ? step.what.name : "name" in step ? step.name : "").toLowerCase();
  const known = Object.keys(gaps).find((kind) => name.includes(kind));
  const [first] = findings;
  return gaps[known ?? first?.component ?? ""] ?? "what it does pauses until it runs again, usually seconds";
}

const agent =
  "its lines wait in their files and are read afterwards; none is lost unless they are rotated away meanwhile";

/** By component, in the order in which names are tried: `prometheus-node-exporter` is an exporter. */
const gaps: Readonly<Record<string, string>> = {
  "node-exporter": "its samples of one or two scrapes",
  "blackbox-exporter": "its samples of one or two scrapes",
  "kube-state-metrics": "its samples of one or two scrapes",
  cadvisor: "its samples of one or two scrapes",
  alertmanager: "alerts wait in Prometheus until it answers, usually seconds",
  prometheus:
    "no target is scraped and no alert evaluated until it is ready: seconds, minutes where it replays a long log",
  promtail: agent,
  alloy: agent,
  loki: "no log is taken or shown until it is ready, about half a minute; the agents keep the lines and send them then",
  grafana: "no pages for some seconds; no data is lost",
};
