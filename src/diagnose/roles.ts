// Decides what each finding is: root, symptom, latent (masked for now) or notice.
import type { Role, Severity } from "../model/finding.ts";
import { startPhases } from "../model/rule.ts";
import type { Candidate } from "./candidate.ts";
import type { CauseLink } from "./link.ts";

export function severityOf(candidate: Candidate): Severity {
  return candidate.draft.severity ?? candidate.rule.severity;
}

export function roleOf(candidate: Candidate, links: readonly CauseLink[], all: readonly Candidate[]): Role {
  if (candidate.rule.nature === "habit") return "notice";
  if (links.some((link) => link.symptom === candidate)) return "symptom";
  if (isMasked(candidate, all)) return "latent";
  if (severityOf(candidate) === "notice") return "notice";
  if (candidate.rule.nature === "symptom" && all.some((other) => isToldCause(other, links, all)))
    return "symptom";
  return "root";
}

/**
 * Beside a cause that was found, a symptom nothing explains is an open question (told with the command that would answer
 * it), not one more root. Where no cause was found at all, it is the deepest thing that the evidence shows.
 */
function isToldCause(candidate: Candidate, links: readonly CauseLink[], all: readonly Candidate[]): boolean {
  return (
    candidate.rule.nature === "cause" &&
    severityOf(candidate) !== "notice" &&
    !links.some((link) => link.symptom === candidate) &&
    !isMasked(candidate, all)
  );
}

const stops: ReadonlySet<string> = new Set(["down", "not-ready"]);

/**
 * A fault that stands in the files but has not struck: the component runs and is ready in spite of it, or an earlier
 * fault, seen at work, stops the component before it gets that far.
 */
export function isMasked(candidate: Candidate, all: readonly Candidate[]): boolean {
  if (candidate.rule.nature !== "cause" || !stops.has(candidate.rule.effect)) return false;
  if (candidate.draft.notYetStruck) return true;
  if (candidate.isObserved) return false;
  return runsReady(candidate) || all.some((other) => masks(other, candidate));
}

function masks(earlier: Candidate, later: Candidate): boolean {
  if (
    earlier === later ||
    earlier.rule.nature !== "cause" ||
    earlier.rule.effect !== "down" ||
    !earlier.isObserved
  )
    return false;
  if (!earlier.component || earlier.component.id !== later.component?.id) return false;
  return phaseIndex(earlier) < phaseIndex(later);
}

/** Rules without a phase are taken to strike when the component runs. */
function phaseIndex(candidate: Candidate): number {
  return startPhases.indexOf(candidate.rule.phase ?? "run");
}

function runsReady(candidate: Candidate): boolean {
  const component = candidate.component;
  if (!component) return false;
  const live = component.pods.filter((pod) => pod.origin === "live");
  if (live.length > 0)
    return live.every((pod) => pod.ready ?? (pod.phase === "Running" && allContainersReady(pod)));
  const docker = component.docker;
  if (docker?.origin !== "running") return false;
  const status = docker.statusText ?? docker.state ?? "";
  return /^(up|running)/i.test(status) && !/unhealthy|starting/i.test(docker.health ?? status);
}

function allContainersReady(pod: {
  readonly readyContainers?: number;
  readonly totalContainers?: number;
}): boolean {
  return pod.readyContainers !== undefined && pod.readyContainers === pod.totalContainers;
}
