// A ConfigMap holds 1 MiB, the operator allows half of it per rule file.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/rule-object-too-large",
  title: "A PrometheusRule is too large for the ConfigMap that the operator renders it into",
  why: "The operator writes rules into ConfigMaps and refuses a single PrometheusRule above its limit (512 KiB). The sync fails, and Prometheus keeps the old rules.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "limits",
  nature: "cause",
  effect: "no-answer",
  from: "any",
  texts: [
    "the length of rendered Prometheus Rule is {size#} bytes which is above the maximum limit of {limit#} bytes",
    "is too large, can't be more than 1048576 bytes…rulefiles",
    "rule file {name} is too large",
  ],
  says: ({ captures }) =>
    captures.size
      ? `A rendered PrometheusRule has ${captures.size} bytes, the limit is ${captures.limit}: the operator's sync fails and rules are not updated`
      : "A rendered PrometheusRule is too large for its ConfigMap: rules are not updated",
  decideWith:
    "kubectl get prometheusrules -A -o json | jq -r '.items[]|[.metadata.namespace,.metadata.name,(.spec|tojson|length)]|@tsv' | sort -k3 -n | tail",
  references: ["https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/operator/rules.go"],
  fix: () => ({
    summary: "Split the PrometheusRule into several smaller objects",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Split the largest PrometheusRule, one object per group or subject" }],
  }),
});
