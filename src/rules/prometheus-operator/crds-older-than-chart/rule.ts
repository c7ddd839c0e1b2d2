// Helm installs CRDs once and never upgrades them.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/crds-older-than-chart",
  title:
    "The installed CRDs are older than the chart or operator: new fields are unknown, because helm upgrade never updates CRDs",
  why: "Helm installs the crds folder of a chart on the first install only. A later chart uses fields that the installed CRDs do not have, and validation refuses the object.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  from: "any",
  texts: [
    'unknown field "{field}" in com.coreos.monitoring.{version}.{kind}',
    'ValidationError({kind}): unknown field "{field}" in com.coreos.monitoring',
    'strict decoding error: unknown field "{field}"',
    ".spec.{field}: field not declared in schema",
    "failed to create typed patch object{rest*}.status.{field}: field not declared in schema",
  ],
  uses: ["host.versions"],
  confirm: (hit, facts) => {
    const isOperator =
      /coreos\.monitoring|monitoring\.coreos|Prometheus|Alertmanager|ServiceMonitor|PodMonitor|ThanosRuler/.test(
        hit.line.text,
      );
    if (!isOperator) return { holds: false };
    const upgrade = facts["host.versions"].find((entry) => entry.before !== undefined);
    const said = facts["text.lines"].find((line) => line.stream === "note" && /upgrad/i.test(line.text));
    const at = upgrade?.at ?? said?.at;
    return at ? { holds: true, proof: [at] } : { holds: true };
  },
  says: ({ line, captures }) => {
    const fields = [...line.text.matchAll(/unknown field \\*"([^"\\]+)/g)].map((match) => match[1]);
    return `The CRDs in the cluster do not know ${[...new Set(fields.length > 0 ? fields : [captures.field])].join(", ")}: they are older than the chart, and helm upgrade does not update CRDs`;
  },
  rivals: [
    {
      rule: "values-misspelled",
      tellApart: "a misspelled value would be unknown in the newest CRD too",
      decideWith:
        "kubectl get crd prometheuses.monitoring.coreos.com -o jsonpath='{.metadata.annotations.operator\\.prometheus\\.io/version}'",
    },
  ],
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/3680",
    "https://helm.sh/docs/chart_best_practices/custom_resource_definitions/",
  ],
  fix: () => ({
    summary:
      "Apply the CRDs of the chart's operator version server-side before the upgrade (or crds.upgradeJob.enabled); never delete CRDs: all objects and pods go with them",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Update the CRDs",
        command:
          "helm show crds prometheus-community/kube-prometheus-stack --version VERSION | kubectl apply --server-side --force-conflicts -f -",
      },
    ],
  }),
});
