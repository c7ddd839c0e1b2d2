// Running but not Ready: the process is there, its readiness is not.
import { defineRule } from "../../../model/rule.ts";
import { crashing, headlessWords, isFinished, isReady, livePods, podName } from "../../pod-state.ts";

export const rule = defineRule({
  id: "kubernetes/pod-not-ready",
  title: "A pod of the monitoring stack runs but is not Ready",
  why: "A pod whose readiness (or start-up) probe fails gets no traffic: its address is left out of the Service's endpoints, and a headless Service has no DNS record for it.",
  severity: "warning",
  component: "kubernetes",
  layer: "runtime",
  nature: "symptom",
  effect: "not-ready",
  needs: ["kubernetes.pods"],
  explainedBy: [
    {
      effect: "down",
      via: "same-component",
      mechanism: "a program that cannot run cannot answer its readiness probe",
    },
    { effect: "not-ready", via: "same-component", mechanism: "the readiness endpoint reports this fault" },
    { effect: "host-down", via: "runs-on", mechanism: "the node it runs on does not work" },
  ],
  decideWith: "kubectl -n NAMESPACE describe pod POD",
  references: ["https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-probes"],
  check(_facts, stack) {
    return livePods(stack.components).flatMap(({ pod, component }) => {
      const isRunning = pod.phase === "Running" || pod.statusText === "Running";
      if (!isRunning || isReady(pod) || isFinished(pod) || crashing(pod)) return [];
      if (pod.ready === undefined && pod.readyContainers === undefined) return [];
      const failed = pod.conditions?.find(
        (condition) => condition.type === "Ready" && condition.status === "False",
      );
      const count =
        pod.totalContainers === undefined
          ? ""
          : ` (${pod.readyContainers ?? 0} of ${pod.totalContainers} containers ready)`;
      return [
        {
          subject: { kind: "pod" as const, id: podName(pod) },
          component: component.id,
          says: `Pod ${podName(pod)} is Running but not Ready${count}${headlessWords(component, pod)}`,
          proof: [failed?.at ?? pod.at],
          certainty: "proven" as const,
          concerns: [component.id],
        },
      ];
    });
  },
});
