// A claim that is not Bound keeps its pod from starting.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Claim } from "../../../../model/kubernetes.ts";
import { monitored, onKubernetes } from "../../../subjects.ts";

export const check = defineCheck({
  id: "storage/claims-bound",
  suite: "storage",
  proves: "every volume claim of the stack is Bound",
  needs: ["kubernetes.claims"],
  hints: [
    "kubernetes/claim-without-storage-class",
    "kubernetes/claimref-names-no-claim",
    "kubernetes/volume-node-affinity-conflict",
  ],
  decideWith: "kubectl get persistentvolumeclaims -A -o json",
  absent: ({ stack }) =>
    onKubernetes(stack).length > 0 ? undefined : "no part of this stack runs on Kubernetes",
  run({ facts, stack }) {
    const namespaces = new Set(monitored(stack).flatMap(({ namespace }) => namespace ?? []));
    const claims = facts["kubernetes.claims"].filter(
      ({ origin, namespace }) => origin === "live" && (namespace === undefined || namespaces.has(namespace)),
    );
    if (claims.length > 0) return claims.map(judge);
    return [
      {
        subject: { kind: "cluster", id: "stack" },
        state: "skip",
        says: "no part of the stack claims a volume",
        proof: [],
      },
    ];
  },
});

function judge(claim: Claim): VerdictDraft {
  const name = claim.namespace ? `${claim.namespace}/${claim.name}` : claim.name;
  const base = { subject: { kind: "volume", id: name } as const, proof: [claim.at] };
  if (claim.phase === undefined)
    return { ...base, state: "unknown", says: `the phase of claim ${name} is not shown` };
  if (claim.phase === "Bound")
    return {
      ...base,
      state: "pass",
      says: `claim ${name} is Bound${claim.volume ? ` to ${claim.volume}` : ""}`,
    };
  return { ...base, state: "fail", says: `claim ${name} is ${claim.phase}` };
}
