// Sights of one pod: the same incarnation is merged, an older one of the same name is kept as `earlier`.
import type { Container, Pod } from "../model/kubernetes.ts";
import { byDetail, fill } from "./merge-named.ts";

/** Fields that change while a pod lives; they come from its newest sight. */
const stateFields = [
  "phase",
  "statusText",
  "statusMessage",
  "readyContainers",
  "totalContainers",
  "ready",
  "restarts",
  "lastRestartSecondsAgo",
  "ageSeconds",
  "deleting",
] as const;

export function mergePod(sights: readonly Pod[]): Pod {
  const [only, ...more] = sights;
  if (!only) throw new Error("no pod to merge");
  if (more.length === 0) return only;
  return chain(incarnations(sights).map(mergeIncarnation));
}

/** Newest first in the result; each carries the one before it. */
function chain(lives: readonly Pod[]): Pod {
  const [first, ...rest] = lives;
  if (!first) throw new Error("no pod to merge");
  return rest.reduce<Pod>((earlier, pod) => ({ ...pod, earlier }), first);
}

/** Sights by incarnation, oldest first. Those that do not say when the pod started join the one they fit best. */
function incarnations(sights: readonly Pod[]): Pod[][] {
  const dated = new Map<string, Pod[]>();
  const loose: Pod[] = [];
  for (const pod of sights) {
    if (pod.uid === undefined && pod.startedMs === undefined) {
      loose.push(pod);
      continue;
    }
    const key = sameStart(dated, pod) ?? pod.uid ?? `at ${pod.startedMs}`;
    dated.set(key, [...(dated.get(key) ?? []), pod]);
  }
  const groups = [...dated.values()].sort((a, b) => startOf(a) - startOf(b));
  if (groups.length === 0) return [loose];
  for (const pod of loose) bestFit(groups, pod).push(pod);
  return groups;
}

/** describe shows the start time, the object shows the uid as well. */
function sameStart(groups: ReadonlyMap<string, readonly Pod[]>, pod: Pod): string | undefined {
  for (const [key, members] of groups) {
    const isSame = members.some(
      (other) =>
        (pod.uid !== undefined && other.uid === pod.uid) ||
        (other.startedMs === pod.startedMs && pod.startedMs !== undefined && !(pod.uid && other.uid)),
    );
    if (isSame) return key;
  }
  return undefined;
}

function startOf(group: readonly Pod[]): number {
  return Math.max(...group.map((pod) => pod.startedMs ?? 0));
}

function bestFit(groups: Pod[][], pod: Pod): Pod[] {
  const same = groups.filter((group) =>
    group.some((other) => other.restarts === pod.restarts && other.readyContainers === pod.readyContainers),
  );
  const [only] = same;
  return (same.length === 1 ? only : groups.at(-1)) ?? [];
}

function mergeIncarnation(sights: readonly Pod[]): Pod {
  const ordered = byDetail(sights);
  const [base, ...others] = ordered;
  if (!base) throw new Error("no pod to merge");
  const merged = fill(base, others);
  const newest = ordered.reduce(
    (best, pod) => ((pod.restarts ?? -1) > (best.restarts ?? -1) ? pod : best),
    base,
  );
  const state = Object.fromEntries(
    stateFields.flatMap((field) => (newest[field] === undefined ? [] : [[field, newest[field]]])),
  );
  return { ...merged, ...state, ...mergedSpec(ordered) };
}

/** Spec of the most detailed sight; container states that it lacks come from the others. */
function mergedSpec(ordered: readonly Pod[]): Pick<Pod, "spec"> {
  const specs = ordered.flatMap((pod) => pod.spec ?? []);
  const [spec, ...others] = specs;
  if (!spec) return {};
  const containers = spec.containers.map((container) => {
    const same = others.flatMap((other) => other.containers.filter(({ name }) => name === container.name));
    return same.reduce(withState, container);
  });
  return { spec: { ...spec, containers } };
}

function withState(container: Container, other: Container): Container {
  const { ready, restartCount, state, lastState } = other;
  return {
    ...(ready === undefined ? {} : { ready }),
    ...(restartCount === undefined ? {} : { restartCount }),
    ...(state === undefined ? {} : { state }),
    ...(lastState === undefined ? {} : { lastState }),
    ...container,
  };
}
