// 47 restarts of last month are history; one ten minutes ago is news.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Pod } from "../../../../model/kubernetes.ts";
import { inDocker, livePods, onKubernetes, podName, seconds } from "../../../subjects.ts";

/** Seconds: a restart younger than this is part of what happens now. */
const recent = 3600;

export const check = defineCheck({
  id: "restarts/none-recent",
  suite: "restarts",
  proves: "no container of the stack has restarted within the last hour",
  needs: [],
  after: ["pods/ready", "pods/containers-running"],
  uses: ["kubernetes.pods", "docker.containers", "host.clocks"],
  hints: [
    "kubernetes/pod-crash-looping",
    "kubernetes/container-out-of-memory",
    "docker/container-restarting",
  ],
  decideWith: "kubectl get pods -A -o json; docker inspect $(docker ps -aq)",
  absent: ({ stack }) =>
    onKubernetes(stack).length + inDocker(stack).length > 0
      ? undefined
      : "nothing that could restart was seen",
  run: ({ stack, nowMs }) => [
    ...onKubernetes(stack).flatMap((component) =>
      livePods(component).map((pod) => ({ ...ofPod(pod, nowMs), component: component.id })),
    ),
    ...inDocker(stack).flatMap(({ docker, id }): VerdictDraft[] => {
      if (docker?.origin !== "running") return [];
      const base = { subject: { kind: "component", id } as const, proof: [docker.at], component: id };
      if (docker.restartCount === undefined) {
        if (/^restarting/i.test(docker.statusText ?? ""))
          return [
            { ...base, state: "fail", says: `container ${docker.name} is restarting: ${docker.statusText}` },
          ];
        return [
          {
            ...base,
            state: "unknown",
            says: `how often container ${docker.name} was restarted is not shown`,
            decideWith: `docker inspect ${docker.name}`,
          },
        ];
      }
      return [
        { ...base, ...told(`container ${docker.name}`, docker.restartCount, ageOf(docker.startedMs, nowMs)) },
      ];
    }),
  ],
});

function ageOf(momentMs: number | undefined, nowMs: number | undefined): number | undefined {
  return momentMs === undefined || nowMs === undefined ? undefined : Math.max(0, (nowMs - momentMs) / 1000);
}

function ofPod(pod: Pod, nowMs: number | undefined): VerdictDraft {
  const base = { subject: { kind: "pod", id: podName(pod) } as const, proof: [pod.at] };
  const containers = pod.spec?.containers.filter(({ init }) => !init) ?? [];
  const counted = containers.map(({ restartCount }) => restartCount).filter((count) => count !== undefined);
  const restarts =
    pod.restarts ?? (counted.length > 0 ? counted.reduce((sum, count) => sum + count, 0) : undefined);
  if (restarts === undefined)
    return { ...base, state: "unknown", says: `how often ${podName(pod)} was restarted is not shown` };
  const ends = containers.flatMap(({ lastState }) => lastState?.finishedMs ?? []);
  const last = ends.length > 0 ? ageOf(Math.max(...ends), nowMs) : undefined;
  return { ...base, ...told(podName(pod), restarts, pod.lastRestartSecondsAgo ?? last) };
}

function told(
  name: string,
  restarts: number,
  secondsAgo: number | undefined,
): Pick<VerdictDraft, "state" | "says"> {
  if (restarts === 0) return { state: "pass", says: `${name} was never restarted` };
  const times = restarts === 1 ? "1 restart" : `${restarts} restarts`;
  if (secondsAgo === undefined)
    return { state: "unknown", says: `${name} had ${times}; when the last one was is not shown` };
  if (secondsAgo < recent)
    return { state: "fail", says: `${name} had ${times}, the last one ${seconds(secondsAgo)} ago` };
  return {
    state: "pass",
    says: `${name} had ${times}, none within the last hour (last: ${seconds(secondsAgo)} ago)`,
  };
}
