// The generated configuration expects a variable that the old sidecar does not have.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "config-reloader/older-than-configuration",
  title:
    "The config-reloader sidecar is older than what it is given: the operator's configuration or the chart's arguments",
  why: "A newer operator writes configuration with variables such as $(SHARD) that only pods it created itself define. Old pods (an orphaned StatefulSet, a pinned reloader image) cannot expand it: the reloader ends, and Prometheus waits for config_out for ever.",
  severity: "critical",
  component: "config-reloader",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "init",
  from: "any",
  texts: [
    'found refrences to unset environment variable "{variable}"',
    'found references to unset environment variable "{variable}"',
    "expand environment variables: found reference{rest*}",
    "flag provided but not defined: -watched-dir",
    "unknown flag: --watched-dir",
    "unknown long flag '--watched-dir'",
    "unknown long flag '--reload-timeout'",
  ],
  says: ({ captures, line }) =>
    /flag/.test(line.text)
      ? `The config-reloader image does not know ${/-?-watched-dir|--reload-timeout/.exec(line.text)?.[0] ?? "an argument"} that the chart gives it: the image (often jimmidyson/configmap-reload, pinned or of a parent chart) is older than the chart`
      : `config-reloader cannot expand the configuration: environment variable ${captures.variable ?? "SHARD"} is not set; the sidecar (or the whole pod) is older than the operator that wrote the configuration`,
  explains: [
    {
      rule: "prometheus/config-unreadable",
      via: "anything",
      mechanism: "the expanded file in config_out is never written",
    },
    {
      rule: "kubernetes/pod-crash-looping",
      via: "anything",
      mechanism: "the reloader ends, and Prometheus finds no configuration",
    },
  ],
  decideWith:
    'kubectl -n NAMESPACE get pods -o jsonpath=\'{range .items[*]}{.metadata.name}{"\\t"}{.spec.containers[*].image}{"\\n"}{end}\'',
  references: ["https://github.com/prometheus-operator/prometheus-operator/issues/3875"],
  fix: (finding) => ({
    summary: /image does not know/.test(finding.says)
      ? "Give the sidecar the image of the chart's version (configReloader.image: quay.io/prometheus-operator/prometheus-config-reloader), or upgrade the parent chart that pins it"
      : "Let the operator recreate the StatefulSet (or delete the old pods one by one) and use one version of operator and config-reloader",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Recreate the pods with the new sidecar",
        command: "kubectl -n NAMESPACE rollout restart statefulset prometheus-NAME",
      },
    ],
  }),
});
