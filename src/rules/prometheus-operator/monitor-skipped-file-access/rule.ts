// The operator refuses monitors that read files when the Prometheus object forbids it.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus-operator/monitor-skipped-file-access",
  title:
    "The operator skips a monitor because it reads files from Prometheus' file system, which is forbidden",
  why: "With arbitraryFSAccessThroughSMs.deny (OpenShift user workload monitoring) bearerTokenFile, caFile and the like are refused: the whole monitor is skipped.",
  severity: "warning",
  component: "prometheus-operator",
  layer: "auth",
  nature: "cause",
  effect: "no-data-in",
  from: ["prometheus-operator", "kubernetes"],
  texts: ["it accesses file system via {what*} which Prometheus specification prohibits"],
  says: ({ line, captures }) =>
    `${line.text.match(/(?:servicemonitor|podmonitor|object)=(\S+)/i)?.[1] ?? "A monitor"} is skipped: it reads ${captures.what ?? "a file"} from the file system`,
  decideWith: "kubectl get prometheus -A -o jsonpath='{.items[*].spec.arbitraryFSAccessThroughSMs}'",
  references: [
    "https://github.com/prometheus-operator/prometheus-operator/blob/main/pkg/prometheus/resource_selector.go",
  ],
  fix: () => ({
    summary:
      "Use bearerTokenSecret or authorization and tlsConfig.ca from a Secret or ConfigMap instead of files",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Replace bearerTokenFile and caFile in the monitor" }],
  }),
});
