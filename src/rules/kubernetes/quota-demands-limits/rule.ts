// A quota on limits wants every container to say its limits; injected sidecars do not.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/quota-demands-limits",
  title: "The namespace's quota demands limits that a container does not set (must specify limits)",
  why: "With a ResourceQuota on limits or requests every container of a pod, init containers and the operator's config-reloader included, must set them. A pod with one that does not is refused: the StatefulSet stays at 0 pods.",
  severity: "critical",
  component: "kubernetes",
  layer: "limits",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "failed quota: {quota}: must specify {what*}",
    "must specify limits.cpu",
    "must specify limits.memory",
    "must specify requests.cpu",
  ],
  says: ({ captures, line }) => {
    const containers = captures.what?.match(/for: ([\w.,;: -]+)/)?.[1];
    const missing = captures.what ?? line.text.match(/must specify (.*)$/)?.[1] ?? "";
    return `Pods are refused: quota ${captures.quota ?? "of the namespace"} must specify ${missing.slice(0, 160)}${containers ? "" : "; a container (often the config-reloader sidecar or an init container) has none"}`;
  },
  rivals: [{ rule: "kubernetes/quota-exceeded", tellApart: "there the message is `exceeded quota`" }],
  decideWith: "kubectl -n NAMESPACE describe resourcequota; kubectl -n NAMESPACE get limitrange",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/issues/510",
    "https://kubernetes.io/docs/concepts/policy/resource-quotas/",
  ],
  fix: () => ({
    summary:
      "Set resources for every container (operator: --config-reloader-cpu-limit and --config-reloader-memory-limit; chart: prometheusOperator.prometheusConfigReloader.resources), or add a LimitRange with defaults to the namespace",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Add a LimitRange with default limits and requests to the namespace" }],
  }),
});
