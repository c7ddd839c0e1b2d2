// Not one container has started: the reason is an event, not a log.
import type { Pod } from "../../../model/kubernetes.ts";
import { defineRule } from "../../../model/rule.ts";
import { livePods, podName } from "../../pod-state.ts";

const stuck =
  /^(?:Init:\d+\/\d+|Pending|ContainerCreating|PodInitializing|(?:Init:)?(?:ImagePullBackOff|ErrImagePull|InvalidImageName|ErrImageNeverPull|CreateContainerConfigError|CreateContainerError)|ContainerStatusUnknown)$/;
const graceSeconds = 5 * 60;

export const rule = defineRule({
  id: "kubernetes/pod-pending",
  title: "A pod of the monitoring stack has not started yet",
  why: "A pod stays Pending or ContainerCreating until it has a node, its volumes and its images. What is missing stands in its events (FailedScheduling, FailedMount, Failed), never in a log.",
  severity: "critical",
  component: "kubernetes",
  layer: "scheduling",
  nature: "symptom",
  effect: "down",
  needs: ["kubernetes.pods"],
  explainedBy: [
    { effect: "down", via: "same-component", mechanism: "this keeps its containers from being started" },
    { effect: "host-down", via: "runs-on", mechanism: "the node it is meant for does not work" },
    { effect: "host-down", via: "anything", mechanism: "the node or cluster it is meant for does not work" },
  ],
  decideWith: "kubectl -n NAMESPACE describe pod POD | sed -n '/^Events/,$p'",
  references: ["https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/#my-pod-stays-pending"],
  check(_facts, stack) {
    return livePods(stack.components).flatMap(({ pod, component }) => {
      const status = statusOf(pod);
      if (status === undefined || pod.deleting === true) return [];
      const isError = /Image|Error/.test(status);
      if (!isError && (pod.ageSeconds ?? Number.POSITIVE_INFINITY) < graceSeconds) return [];
      return [
        {
          subject: { kind: "pod" as const, id: podName(pod) },
          component: component.id,
          says: `Pod ${podName(pod)} is ${status}${pod.ageSeconds ? ` since ${Math.round(pod.ageSeconds / 60)} minutes` : ""}; none of its containers runs`,
          proof: [pod.at],
          certainty: "proven" as const,
          concerns: [component.id],
        },
      ];
    });
  },
});

function statusOf(pod: Pod): string | undefined {
  const waiting = pod.spec?.containers.find((entry) => stuck.test(entry.state?.reason ?? ""))?.state?.reason;
  const status = waiting ?? pod.statusText ?? pod.phase;
  return status !== undefined && stuck.test(status) ? status : undefined;
}
