// Running is not Ready: a pod counts when its Ready condition is true.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Pod } from "../../../../model/kubernetes.ts";
import type { Component } from "../../../../model/stack.ts";
import { livePods, onKubernetes, podName } from "../../../subjects.ts";

export const check = defineCheck({
  id: "pods/ready",
  suite: "pods",
  proves: "every pod of the stack is Ready, not merely Running",
  needs: ["kubernetes.pods"],
  hints: ["kubernetes/pod-not-ready", "kubernetes/pod-crash-looping", "kubernetes/pod-pending"],
  decideWith: "kubectl get pods -A -o json",
  absent: ({ stack }) =>
    onKubernetes(stack).length > 0 ? undefined : "no part of this stack runs on Kubernetes",
  run: ({ stack }) => onKubernetes(stack).flatMap(verdicts),
});

function verdicts(component: Component): VerdictDraft[] {
  const pods = livePods(component).filter((pod) => pod.phase !== "Succeeded");
  if (pods.length > 0) return pods.map((pod) => ({ ...judge(pod), component: component.id }));
  if (component.workload?.desired === 0) {
    const says = `${component.id} is scaled to 0`;
    return [
      {
        subject: { kind: "component", id: component.id },
        state: "skip",
        says,
        proof: [component.workload.at],
        component: component.id,
      },
    ];
  }
  return [
    {
      subject: { kind: "component", id: component.id },
      state: "unknown",
      says: `no pod of ${component.id} was seen`,
      proof: [],
      component: component.id,
    },
  ];
}

function judge(pod: Pod): VerdictDraft {
  const base = { subject: { kind: "pod", id: podName(pod) } as const, proof: [pod.at] };
  const ready = readiness(pod);
  if (ready === undefined)
    return { ...base, state: "unknown", says: `whether ${podName(pod)} is Ready is not shown` };
  const counted =
    pod.totalContainers === undefined
      ? ""
      : ` (${pod.readyContainers ?? 0} of ${pod.totalContainers} containers)`;
  if (ready) return { ...base, state: "pass", says: `${podName(pod)} is Ready${counted}` };
  const status = pod.statusText ?? pod.phase ?? "state unknown";
  return { ...base, state: "fail", says: `${podName(pod)} is not Ready${counted}: ${status}` };
}

function readiness(pod: Pod): boolean | undefined {
  if (pod.deleting) return false;
  if (pod.ready !== undefined) return pod.ready;
  if (pod.readyContainers === undefined || pod.totalContainers === undefined) return undefined;
  return pod.totalContainers > 0 && pod.readyContainers === pod.totalContainers;
}
