// A workload that has fewer ready pods than it wants serves, but not as it was meant to.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Component } from "../../../../model/stack.ts";
import { onKubernetes } from "../../../subjects.ts";

export const check = defineCheck({
  id: "pods/replicas",
  suite: "pods",
  proves: "every workload of the stack has as many ready pods as it asks for",
  needs: ["kubernetes.workloads"],
  after: ["pods/ready"],
  hints: ["kubernetes/pod-pending", "kubernetes/quota-exceeded"],
  decideWith: "kubectl get deployments,statefulsets,daemonsets -A -o json",
  absent: ({ stack }) =>
    onKubernetes(stack).some(({ workload }) => workload?.origin === "live")
      ? undefined
      : "no workload object was seen",
  run: ({ stack }) => onKubernetes(stack).flatMap(judge),
});

function judge({ workload, id }: Component): VerdictDraft[] {
  if (workload?.origin !== "live" || workload.kind === "Job" || workload.kind === "CronJob") return [];
  const name = `${workload.kind} ${workload.namespace ? `${workload.namespace}/` : ""}${workload.name}`;
  const base = { subject: { kind: "object", id: name } as const, proof: [workload.at], component: id };
  const { desired, ready } = workload;
  if (desired === undefined)
    return [{ ...base, state: "unknown", says: `how many pods ${name} wants is not shown` }];
  const has = ready ?? 0;
  if (has >= desired)
    return [{ ...base, state: "pass", says: `${name} has ${has} of ${desired} ready pods` }];
  return [{ ...base, state: "fail", says: `${name} has ${has} of ${desired} ready pods` }];
}
