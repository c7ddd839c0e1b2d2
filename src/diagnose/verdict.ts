// healthy needs positive signs of life; silence, gaps and refusals are "unknown".
import { isMonitoring } from "../model/component.ts";
import { blocksVerdict } from "../model/evidence.ts";
import { type FactSet, factIds } from "../model/facts.ts";
import type { Finding } from "../model/finding.ts";
import type { Verdict } from "../model/report.ts";
import type { Component, Stack } from "../model/stack.ts";
import type { RuleOutcome } from "./evaluate.ts";

export type Mode = "diagnose" | "lint";

export function verdictOf(
  findings: readonly Finding[],
  factSet: FactSet,
  stack: Stack,
  outcomes: readonly RuleOutcome[],
  mode: Mode,
): Verdict {
  const isProblem = findings.some((finding) => finding.role !== "notice" && finding.severity !== "notice");
  if (isProblem) return "problems";
  if (factSet.gaps.some(blocksVerdict) || outcomes.some((outcome) => outcome.threw !== undefined))
    return "unknown";
  if (mode === "lint") return hasKnownConfiguration(factSet) ? "healthy" : "unknown";
  const watched = stack.components.filter((component) => isMonitoring(component.kind));
  return watched.length > 0 && watched.every((component) => showsLife(component, factSet, stack))
    ? "healthy"
    : "unknown";
}

/** Families that configuration alone can fill. */
const configured = /^(?:kubernetes|docker|ansible|grafana)\./;

/** Something that a rule could be about; YAML of other programs, or prose, says nothing about this stack. */
function hasKnownConfiguration({ facts }: FactSet): boolean {
  return (
    facts["config.documents"].some((document) => !document.kind.startsWith("unknown-")) ||
    factIds.some((id) => configured.test(id) && facts[id].length > 0)
  );
}

/** Some evidence says that this component works: ready pod, container that is up, healthy answer, scrape that succeeded. */
function showsLife(component: Component, { facts }: FactSet, stack: Stack): boolean {
  const pods = component.pods.filter((pod) => pod.origin === "live");
  if (pods.length > 0)
    return pods.every(
      (pod) =>
        pod.ready === true ||
        (pod.readyContainers !== undefined &&
          pod.readyContainers === pod.totalContainers &&
          pod.readyContainers > 0),
    );
  if (component.docker?.origin === "running") {
    const status = component.docker.statusText ?? component.docker.state ?? "";
    return /^(up|running)/i.test(status) && !/unhealthy|starting|restarting/i.test(status);
  }
  if (facts["component.health"].some((answer) => answer.component === component.kind && answer.healthy))
    return true;
  return stack.relations.some((relation) => relation.to === component.id && relation.works === true);
}
