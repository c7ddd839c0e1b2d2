// A container that starts and ends again and again: always the consequence of something its log or state names.
import { defineRule } from "../../../model/rule.ts";
import { crashing, headlessWords, isFinished, livePods, podName } from "../../pod-state.ts";

export const rule = defineRule({
  id: "kubernetes/pod-crash-looping",
  title: "A pod of the monitoring stack keeps crashing",
  why: "The kubelet starts the container again after each exit, with growing pauses. The reason stands in the log of the previous container or in its last state, not in the pod's status.",
  severity: "critical",
  component: "kubernetes",
  layer: "runtime",
  nature: "symptom",
  effect: "down",
  needs: ["kubernetes.pods"],
  explainedBy: [
    {
      effect: "down",
      via: "same-component",
      mechanism: "the program ends at this fault, and the kubelet starts it again",
    },
    {
      effect: "not-ready",
      via: "same-component",
      mechanism: "a probe that never succeeds lets the kubelet kill the container",
    },
    { effect: "host-down", via: "runs-on", mechanism: "the node it runs on does not work" },
  ],
  decideWith: "kubectl -n NAMESPACE logs POD --all-containers --previous",
  references: ["https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/"],
  check(_facts, stack) {
    return livePods(stack.components).flatMap(({ pod, component }) => {
      const crash = isFinished(pod) ? undefined : crashing(pod);
      if (!crash) return [];
      return [
        {
          subject: { kind: "pod" as const, id: podName(pod) },
          component: component.id,
          says: `Pod ${podName(pod)}: ${crash.because}${headlessWords(component, pod)}`,
          proof: [crash.at, pod.at],
          certainty: "proven" as const,
          concerns: [component.id],
        },
      ];
    });
  },
});
