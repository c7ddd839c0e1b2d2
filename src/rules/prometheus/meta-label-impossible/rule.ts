// Discovery writes every character of a name that is no letter, digit or underscore as an underscore.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "prometheus/meta-label-impossible",
  title: "Relabelling reads a __meta_ label that discovery never sets: its name has dots, slashes or dashes",
  why: "Annotations and labels of discovered objects become __meta_… with every character other than letters, digits and underscores replaced by an underscore: prometheus.io/scrape is __meta_kubernetes_pod_annotation_prometheus_io_scrape. Since Prometheus 3 names with dots are valid, so nothing is said: the label is empty, a keep drops every target; before, the configuration is refused.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "config",
  needs: ["config.documents"],
  rivals: [
    { rule: "prometheus/relabelling-deletes-label", tellApart: "there the label exists and is taken away" },
  ],
  decideWith:
    "curl -s http://PROMETHEUS:9090/api/v1/targets?state=dropped | jq '.data.droppedTargets[0].discoveredLabels'",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/configuration/#kubernetes_sd_config",
    "https://github.com/prometheus/prometheus/blob/main/util/strutil/strconv.go",
  ],
  check({ "config.documents": documents }) {
    return documents.flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "prometheus" || doc.value === undefined || doc.template) return [];
      return readPrometheusConfig(doc).jobs.flatMap((job): FindingDraft[] => {
        const hit = job.relabelings.flatMap(({ at, rule }) => {
          const label = (rule.sourceLabels ?? []).find((name) => /^__meta_\w*[^\w${}]/.test(name));
          return label === undefined ? [] : [{ at, label, action: rule.action ?? "replace" }];
        })[0];
        if (!hit) return [];
        const right = hit.label.replace(/\W/g, "_");
        return [
          {
            subject: { kind: "component", id: `job ${job.name?.value ?? ""}` },
            says: `Job ${job.name?.value ?? ""} reads ${hit.label}, which discovery never sets: it is called ${right}${hit.action === "keep" ? ", so keep drops every target" : ""}`,
            proof: [hit.at],
            certainty: "proven",
            ...(hit.action === "keep" || hit.action === "drop" ? {} : { severity: "warning" as const }),
          },
        ];
      });
    });
  },
  fix: (finding) => {
    const [, wrong, right] = /reads (\S+), which .* called ([\w]+)/.exec(finding.says) ?? [];
    return byHand(
      `Write ${right ?? "the name with underscores"} instead of ${wrong ?? "it"} in source_labels`,
      "In prometheus.yml, then reload Prometheus",
      "promtool check config prometheus.yml",
      "safe",
    );
  },
});
