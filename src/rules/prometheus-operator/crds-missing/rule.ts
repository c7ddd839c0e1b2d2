// Without the CRDs the operator's objects cannot exist.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/crds-missing",
  title: "The CRDs of the Prometheus operator are not installed in the cluster",
  why: "ServiceMonitor, Prometheus and the other kinds of monitoring.coreos.com exist only after their CRDs were applied. When that step was skipped or failed, manifests are refused, and the operator cannot list what it should watch.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    'no matches for kind "{kind}" in version "monitoring.coreos.com/{version}"',
    "the server could not find the requested resource (get {resource}.monitoring.coreos.com)",
    'the server doesn\'t have a resource type "{resource}"',
    "creating CRD: {kind}: the server could not find the requested resource",
    "waiting for {kind} crd failed: timed out",
  ],
  except: ["is forbidden"],
  says: ({ captures }) =>
    `The cluster does not know ${captures.kind ?? captures.resource ?? "the operator's kinds"} of monitoring.coreos.com: the CRDs are missing (or the operator is too old for this Kubernetes)`,
  rivals: [
    {
      rule: "prometheus-operator/crd-too-long-for-apply",
      tellApart: "that is often why they are missing: the apply failed with `Too long`",
    },
  ],
  decideWith: "kubectl get crd | grep monitoring.coreos.com",
  references: ["https://github.com/prometheus-operator/kube-prometheus/issues/1511"],
  fix: () => ({
    summary:
      "Apply the CRDs of that release server-side, wait until they are Established, then apply the rest",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "Install the CRDs", command: "kubectl apply --server-side -f manifests/setup" },
    ],
  }),
});
