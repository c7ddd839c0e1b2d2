// The namespace's ResourceQuota leaves no room: the pod is not even created.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/quota-exceeded",
  title: "A ResourceQuota of the namespace is used up, so pods are not created (exceeded quota)",
  why: "Admission refuses a pod whose requests or limits, added to those of all pods of the namespace, exceed the quota. The ReplicaSet or StatefulSet keeps trying; there is no Pending pod to be seen. Old ReplicaSets, failed pods and sidecars count as well.",
  severity: "critical",
  component: "kubernetes",
  layer: "limits",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "is forbidden: exceeded quota: {quota}, requested: {requested*}, used: {used*}, limited: {limited*}",
    "exceeded quota: {quota}, requested: {requested*}",
  ],
  says: ({ captures, line }) => {
    const kind = /persistentvolumeclaims? "/.test(line.text) ? "Claims" : "Pods";
    return `${kind} are refused: exceeded quota ${captures.quota}: requested ${captures.requested}${captures.used ? `, used ${captures.used}, limited ${captures.limited}` : ""}`;
  },
  rivals: [
    {
      rule: "kubernetes/quota-demands-limits",
      tellApart: "there the message is `failed quota … must specify`",
    },
    {
      rule: "kubernetes/insufficient-resources",
      tellApart: "a node without room leaves the pod Pending, with FailedScheduling",
    },
  ],
  decideWith: "kubectl -n NAMESPACE describe resourcequota",
  references: ["https://kubernetes.io/docs/concepts/policy/resource-quotas/"],
  fix: () => ({
    summary:
      "Raise the ResourceQuota, or lower requests and limits of the components (sidecars count) or remove what else uses it up",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See what uses the quota",
        command: "kubectl -n NAMESPACE describe resourcequota",
      },
    ],
  }),
});
