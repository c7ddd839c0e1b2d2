// The labels in the selector changed between two chart versions.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "kubernetes/immutable-selector",
  title: "The upgrade changes an immutable field of a workload (spec.selector), so the API server refuses it",
  why: "A Deployment's or DaemonSet's selector cannot change after it was created, and of a StatefulSet only a few fields can. A chart whose new major version changed its labels (or volumeClaimTemplates, serviceName) cannot be upgraded in place: the release stays failed, with mixed versions running.",
  severity: "critical",
  component: "kubernetes",
  layer: "version",
  nature: "cause",
  effect: "none",
  from: "any",
  texts: [
    'cannot patch "{name}" with kind {kind}: {error*}field is immutable',
    'cannot patch "{name}" with kind {kind}: {error*}updates to statefulset spec for fields other than {fields*}',
    '{kind} "{name}" is invalid: spec.selector: Invalid value: {value*}field is immutable',
    "spec.selector: Invalid value: {value*}field is immutable",
    'The {kind} "{name}" is invalid: spec: Forbidden: updates to statefulset spec for fields other than {fields*}',
    "updates to statefulset spec for fields other than",
    "spec.clusterIP: Invalid value: {value*}field is immutable",
    'The Job "{name}" is invalid: spec.template: Invalid value: {value*}field is immutable',
  ],
  says: ({ captures, line }) => {
    const field = line.text.match(/(spec\.[\w.]+): Invalid value/)?.[1] ?? "a field";
    const kind =
      captures.kind ??
      line.text.match(/\b(Deployment|DaemonSet|StatefulSet|Job|Service)\b/)?.[1] ??
      "workload";
    return /statefulset spec/.test(line.text)
      ? `StatefulSet ${captures.name ?? ""} cannot be updated: only replicas, template and update strategy may change, the upgrade changes another field (volumeClaimTemplates, serviceName or selector)`
      : `${kind} ${captures.name ?? ""} cannot be upgraded in place: ${field} is immutable, and the new chart version has other labels there`;
  },
  rivals: [
    {
      rule: "prometheus-operator/crds-older-than-chart",
      tellApart: "there the error names an unknown field or kind",
    },
  ],
  decideWith:
    "helm -n NAMESPACE history RELEASE; kubectl -n NAMESPACE get deploy,ds,sts -o yaml | grep -A6 matchLabels",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/568",
    "https://github.com/prometheus-community/helm-charts/issues/1542",
  ],
  fix: (finding) => {
    const kind =
      finding.says.match(/^(Deployment|DaemonSet|StatefulSet|Job)/)?.[1]?.toLowerCase() ?? "deployment";
    return {
      summary: `Delete the ${kind} with --cascade=orphan (its pods keep running), then run the upgrade again, as the chart's upgrade notes say`,
      risk: "disruptive",
      steps: [
        {
          do: "by-hand",
          title: "Let the chart create it anew",
          command: `kubectl -n NAMESPACE delete ${kind} NAME --cascade=orphan`,
        },
      ],
    };
  },
});
