// How long a container may take to start before a probe kills it.
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";

/** Seconds until the first probe that may kill gives up: the startup probe's budget, else the liveness probe's. */
export function startBudgetSeconds(
  component: Component | undefined,
): { seconds: number; at: Place } | undefined {
  const probe = component?.container?.startupProbe ?? component?.container?.livenessProbe;
  if (!probe) return undefined;
  return { seconds: probe.initialDelaySeconds + probe.periodSeconds * probe.failureThreshold, at: probe.at };
}
