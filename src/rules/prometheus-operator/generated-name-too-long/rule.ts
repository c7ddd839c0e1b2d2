// Release + chart + shard + hash: more characters than a name or label may have.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/generated-name-too-long",
  title: "A generated name or label is longer than 63 characters, so Kubernetes refuses the object",
  why: "Names of Services and volumes and values of labels hold at most 63 characters. Release name, chart name, shard number and the hash of a revision add up; the StatefulSet exists, but its pods are invalid and are never created.",
  severity: "critical",
  component: "prometheus-operator",
  layer: "admission",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    'Invalid value: "{name}": must be no more than 63 characters',
    'Invalid value: "{name}": must be no more than 63 bytes',
    "must be no more than 63 characters",
    "exceeds max length of 53",
    "the length must not be longer than 53",
  ],
  says: ({ captures, line }) => {
    const name = captures.name;
    const field = line.text.match(/([a-zA-Z.[\]0-9]+): Invalid value/)?.[1];
    if (/\b53\b/.test(line.text)) return "The Helm release name is longer than 53 characters";
    return `${name ? `"${name}" (${name.length} characters)` : "A generated name"}${field ? ` in ${field}` : ""} must be no more than 63 characters: release name and chart name together are too long, no pod is created`;
  },
  decideWith: "kubectl -n NAMESPACE describe statefulset NAME",
  references: [
    "https://github.com/prometheus-community/helm-charts/issues/1033",
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set",
  ],
  fix: () => ({
    summary:
      "Use a shorter release name or set fullnameOverride (cleanPrometheusOperatorObjectNames: true in kube-prometheus-stack); a renamed StatefulSet gets new, empty claims",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Set a short fullnameOverride in the chart's values and upgrade" }],
  }),
});
