// Client-side apply stores the whole object in an annotation, which is limited.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/crd-too-long-for-apply",
  title: "An operator CRD is too long for client-side apply (annotation limit of 262144 bytes)",
  why: "kubectl apply stores the object in the annotation last-applied-configuration. The operator's CRDs exceed the limit of annotations. Server-side apply does not need it.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    "metadata.annotations: Too long: must have at most 262144",
    "metadata.annotations: Too long: may not be more than 262144",
  ],
  says: ({ line }) =>
    `${line.text.match(/"([a-z.]+coreos\.com)"/)?.[1] ?? "A CRD"} does not fit into the last-applied annotation: it has to be applied server-side`,
  explains: [
    {
      rule: "prometheus-operator/crds-missing",
      via: "anything",
      mechanism: "the CRD was refused, so its kind is unknown",
    },
  ],
  references: [
    "https://github.com/prometheus-operator/kube-prometheus/issues/1511",
    "https://kubernetes.io/docs/reference/using-api/server-side-apply/",
  ],
  fix: () => ({
    summary: "kubectl apply --server-side --force-conflicts (Argo CD: ServerSideApply=true)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Apply server-side",
        command: "kubectl apply --server-side --force-conflicts -f CRD.yaml",
      },
    ],
  }),
});
