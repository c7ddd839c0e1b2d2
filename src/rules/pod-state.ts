// What a pod's state says, from tables and objects alike; shared by the rules about pods.
import type { Container, Pod } from "../model/kubernetes.ts";
import type { Place } from "../model/place.ts";
import type { Component } from "../model/stack.ts";

export function podName(pod: Pod): string {
  return pod.namespace ? `${pod.namespace}/${pod.name}` : pod.name;
}

/** Pods of the stack's components that really run (or should), each with its component; a pod of two components once. */
export function livePods(components: readonly Component[]): { pod: Pod; component: Component }[] {
  const seen = new Set<Pod>();
  const found: { pod: Pod; component: Component }[] = [];
  for (const component of components) {
    for (const pod of component.pods) {
      if (pod.origin !== "live" || seen.has(pod)) continue;
      seen.add(pod);
      found.push({ pod, component });
    }
  }
  return found;
}

const recentSeconds = 15 * 60;

/** Why the pod counts as crash-looping, with the place that shows it. Old restarts without a recent one do not count. */
export function crashing(pod: Pod): { at: Place; because: string; container?: Container } | undefined {
  for (const container of pod.spec?.containers ?? []) {
    const { state, lastState } = container;
    if (state?.state === "waiting" && state.reason === "CrashLoopBackOff") {
      const exit = lastState?.exitCode === undefined ? "" : `, last exit code ${lastState.exitCode}`;
      return {
        at: state.at,
        because: `container ${container.name} is in CrashLoopBackOff${exit}`,
        container,
      };
    }
    if (state?.state === "terminated" && (state.exitCode ?? 0) !== 0 && pod.phase !== "Succeeded") {
      return {
        at: state.at,
        because: `container ${container.name} ended with exit code ${state.exitCode}`,
        container,
      };
    }
  }
  if (/CrashLoopBackOff|^(Init:)?Error$|RunContainerError|OOMKilled/.test(pod.statusText ?? "")) {
    const restarts = pod.restarts === undefined ? "" : ` after ${pod.restarts} restarts`;
    return { at: pod.at, because: `status ${pod.statusText}${restarts}` };
  }
  const recent =
    (pod.restarts ?? 0) > 0 &&
    (pod.lastRestartSecondsAgo ?? pod.ageSeconds ?? Number.POSITIVE_INFINITY) < recentSeconds;
  return recent && !isReady(pod)
    ? { at: pod.at, because: `${pod.restarts} restarts, the last one recent` }
    : undefined;
}

export function isReady(pod: Pod): boolean {
  if (pod.ready !== undefined) return pod.ready;
  return pod.readyContainers !== undefined && pod.readyContainers === pod.totalContainers;
}

/** Ended as it should (a Job's pod), or on its way out. */
export function isFinished(pod: Pod): boolean {
  return (
    pod.phase === "Succeeded" ||
    /^(Completed|Terminating)$/.test(pod.statusText ?? "") ||
    pod.deleting === true
  );
}

/** What clients see meanwhile: a headless Service has no DNS record without a Ready pod. */
export function headlessWords(component: Component, pod: Pod): string {
  const others = component.pods.some((other) => other !== pod && other.origin === "live" && isReady(other));
  const headless = component.services.filter(({ clusterIP }) => clusterIP === "None");
  if (others || headless.length === 0) return "";
  const names = [...new Set(headless.map(({ name }) => name))].join(", ");
  return `; until it is Ready, the headless Service ${names} has no endpoint and its name no DNS record (no such host)`;
}
