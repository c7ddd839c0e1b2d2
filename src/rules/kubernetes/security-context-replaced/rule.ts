// A patch put a whole securityContext in place of the old one; what it did not repeat is gone.

import type { FindingDraft } from "../../../model/finding.ts";
import type { Pod, SecurityContext } from "../../../model/kubernetes.ts";
import { defineRule } from "../../../model/rule.ts";
import { podName } from "../../pod-state.ts";

export const rule = defineRule({
  id: "kubernetes/security-context-replaced",
  title:
    "A change replaced the pod's whole securityContext, and settings it had before (seccompProfile, …) are lost",
  why: "A JSON patch with op add (or replace) on securityContext puts a new object in the place of the old one. Every field that the patch does not repeat disappears without a message: seccompProfile, fsGroup, runAsNonRoot. A strategic merge patch, or a JSON patch of the single field, keeps the others.",
  severity: "warning",
  component: "kubernetes",
  layer: "permissions",
  nature: "cause",
  effect: "none",
  needs: ["kubernetes.pods"],
  decideWith: "kubectl -n NAMESPACE rollout history WORKLOAD --revision=N",
  references: [
    "https://datatracker.ietf.org/doc/html/rfc6902#section-4.1",
    "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
  ],
  check({ "kubernetes.pods": pods }) {
    return pods.flatMap((pod): FindingDraft[] => {
      const before = pod.earlier?.spec?.security;
      if (!before || !pod.spec || !pod.earlier || pod.startedMs === undefined) return [];
      const lost = lostFields(before, pod.spec.security, pod, pod.earlier);
      if (lost.length === 0) return [];
      return [
        {
          subject: { kind: "pod", id: podName(pod) },
          says: `Pod ${podName(pod)} had ${lost.join(", ")} before and has it no longer: the patch replaced the whole securityContext instead of one field`,
          proof: [before.at, pod.spec.security?.at ?? pod.at],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding) => ({
    summary:
      "Put the lost fields back (seccompProfile: {type: RuntimeDefault}) in the manifest of the workload, and patch single fields with a strategic merge patch instead of replacing the object",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: `Restore the securityContext of ${finding.subject.id}`,
        command:
          'kubectl -n NAMESPACE patch WORKLOAD NAME -p \'{"spec":{"template":{"spec":{"securityContext":{"seccompProfile":{"type":"RuntimeDefault"}}}}}}\'',
      },
    ],
  }),
});

/** Describe prints the seccomp profile of the pod and nothing else; an object shows every field. */
function lostFields(
  before: SecurityContext,
  after: SecurityContext | undefined,
  pod: Pod,
  earlier: Pod,
): readonly string[] {
  const lost: string[] = [];
  if (before.seccompProfile !== undefined && after?.seccompProfile === undefined)
    lost.push(`seccompProfile ${before.seccompProfile}`);
  if (pod.at.source === earlier.at.source || after === undefined) return lost;
  if (before.fsGroup !== undefined && after.fsGroup === undefined) lost.push(`fsGroup ${before.fsGroup}`);
  if (before.runAsNonRoot && after.runAsNonRoot === undefined) lost.push("runAsNonRoot");
  if (before.runAsUser !== undefined && after.runAsUser === undefined)
    lost.push(`runAsUser ${before.runAsUser}`);
  return lost;
}
