// Who checks are about: the parts of the monitoring stack, by platform and kind.
import { type ComponentKind, isMonitoring } from "../model/component.ts";
import type { Expectation } from "../model/expectation.ts";
import type { Pod } from "../model/kubernetes.ts";
import type { Component, Stack } from "../model/stack.ts";

export function monitored(stack: Stack): Component[] {
  return stack.components.filter((component) => isMonitoring(component.kind));
}

export function ofKind(stack: Stack, ...kinds: readonly ComponentKind[]): Component[] {
  return stack.components.filter((component) => kinds.includes(component.kind));
}

export function livePods(component: Component): Pod[] {
  return component.pods.filter((pod) => pod.origin === "live" && pod.name !== "");
}

export function onKubernetes(stack: Stack): Component[] {
  return monitored(stack).filter(
    (component) => component.pods.length > 0 || component.workload !== undefined,
  );
}

export function inDocker(stack: Stack): Component[] {
  return monitored(stack).filter((component) => component.docker !== undefined);
}

export function noneOf(kinds: readonly ComponentKind[], stack: Stack): string | undefined {
  return ofKind(stack, ...kinds).length > 0 ? undefined : `no ${kinds.join(" or ")} in this stack`;
}

export function podName(pod: Pod): string {
  return pod.namespace ? `${pod.namespace}/${pod.name}` : pod.name;
}

/** The reason for which something may be away, where one was declared. */
export function declaredAway(
  expectation: Expectation,
  ...names: readonly (string | undefined)[]
): string | undefined {
  return expectation.absences.find(({ name }) => names.includes(name))?.because;
}

export function seconds(total: number): string {
  if (total < 120) return `${Math.round(total)} s`;
  if (total < 7200) return `${Math.round(total / 60)} min`;
  return total < 172_800 ? `${Math.round(total / 3600)} h` : `${Math.round(total / 86_400)} d`;
}
