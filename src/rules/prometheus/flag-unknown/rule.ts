// The image does not know a flag it is started with.

import { ownerOf, repair } from "../../change-configuration.ts";
import { changeArguments } from "../../change-container.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/flag-unknown",
  title: "Prometheus (or Alertmanager) is started with a flag that its image version does not know",
  why: "An unknown flag ends the process at once. Image tag and arguments come from different versions: 3.0 removed --storage.tsdb.retention, --alertmanager.timeout and --storage.tsdb.allow-overlapping-blocks; 1.x used a single dash.",
  severity: "critical",
  component: "prometheus",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "flags",
  from: [
    "prometheus",
    "alertmanager",
    "node-exporter",
    "prometheus-operator",
    "config-reloader",
    "kube-state-metrics",
  ],
  uses: ["config.documents", "kubernetes.objects"],
  texts: [
    "error: unknown long flag '{flag}'",
    "unknown long flag '{flag}'",
    "error: unknown short flag '{flag}'",
    "Error parsing command line arguments: unknown {what} flag '{flag}'",
    "unknown flag: {flag}",
    "flag provided but not defined: {flag}",
  ],
  confirm: (hit) => ({
    holds:
      hit.line.component !== undefined ||
      /prometheus|alertmanager|node_exporter/.test(hit.line.text) ||
      hit.component !== undefined,
  }),
  says: ({ captures, component, line }) =>
    /unknown short flag/.test(line.text)
      ? `A long flag is written with one dash: its first letter (${captures.flag?.replace(/[,.'"\\]+$/, "")}) is read as a short flag, and ${component?.image ?? "this version"} wants two dashes (--config.file, --collector.…)`
      : `Flag ${captures.flag?.replace(/[,.'"\\]+$/, "")} is unknown to ${component?.image ?? "this image version"}: flags and image are of different versions`,
  rivals: [
    {
      rule: "prometheus/agent-mode-flags-mixed",
      tellApart: "there the flag exists and belongs to the other mode",
    },
  ],
  decideWith: "docker run --rm IMAGE --help 2>&1 | grep FLAG",
  references: [
    "https://prometheus.io/docs/prometheus/latest/migration/",
    "https://prometheus.io/docs/prometheus/latest/command-line/prometheus/",
  ],
  fix: (finding, facts, stack) =>
    repair(
      "Remove the flag that this version does not know",
      "disruptive",
      changeArguments(ownerOf(finding, stack), facts, "Remove the unknown flag", {
        is: (word) => bareFlag(word) === bareFlag(/^Flag (\S+) /.exec(finding.says)?.[1] ?? ""),
      }),
    ) ?? {
      summary:
        "Align image tag and flags (retention: --storage.tsdb.retention.time; agent: --agent; remote write receiver: --web.enable-remote-write-receiver)",
      risk: "disruptive",
      steps: [{ do: "by-hand", title: "Remove or rename the flag" }],
    },
});

function bareFlag(word: string): string {
  return word.replace(/^-{1,2}/, "").split("=")[0] ?? "";
}
