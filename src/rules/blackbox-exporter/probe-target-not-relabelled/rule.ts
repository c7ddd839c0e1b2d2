// A job of the blackbox exporter without the three relabelling rules scrapes the sites themselves.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readPrometheusConfig } from "../../../stack/prometheus-config.ts";
import { byHand } from "../../by-hand.ts";

export const rule = defineRule({
  id: "blackbox-exporter/probe-target-not-relabelled",
  title:
    "A probe job lacks the relabelling to __param_target, so Prometheus scrapes the sites instead of the blackbox exporter",
  why: "The exporter is asked at /probe?target=SITE. Prometheus knows only targets: relabelling has to copy __address__ into __param_target (and instance) and then put the exporter's address into __address__. Without it Prometheus asks every site for its own /probe page, which answers 404 or HTML.",
  severity: "critical",
  component: "blackbox-exporter",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "config",
  needs: ["config.documents"],
  explains: [
    {
      rule: "prometheus/target-answers-web-page",
      via: "anything",
      mechanism: "the site itself is asked for metrics and answers with its page",
    },
  ],
  rivals: [
    {
      rule: "blackbox-exporter/module-unknown",
      tellApart: "there the exporter is asked, and does not know the module",
    },
  ],
  decideWith: "curl -s http://PROMETHEUS:9090/api/v1/targets | jq -r '.data.activeTargets[].scrapeUrl'",
  references: ["https://github.com/prometheus/blackbox_exporter#prometheus-configuration"],
  check({ "config.documents": documents }) {
    return documents.flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "prometheus" || doc.value === undefined || doc.template) return [];
      return readPrometheusConfig(doc).jobs.flatMap((job): FindingDraft[] => {
        const isProbe = job.metricsPath.value === "/probe" && job.params.module !== undefined;
        const sites = job.targets.filter(
          ({ address }) => /^https?:\/\//.test(address) || !/:9115$|blackbox/.test(address),
        );
        if (!isProbe || job.params.target !== undefined || sites.length === 0) return [];
        if (
          job.relabelings.some(
            ({ rule }) => rule.targetLabel === "__param_target" || rule.action === "labelmap",
          )
        )
          return [];
        const [site] = sites;
        return [
          {
            subject: { kind: "component", id: `job ${job.name?.value ?? "probe"}` },
            says: `Job ${job.name?.value ?? ""} probes with module ${job.params.module}, but no relabel_configs copies __address__ to __param_target and sets __address__ to the blackbox exporter: Prometheus asks ${site?.address} itself for /probe`,
            proof: [site?.at ?? job.at, job.at],
            certainty: "proven",
          },
        ];
      });
    });
  },
  fix: () =>
    byHand(
      "Add to the job: relabel_configs: [{source_labels: [__address__], target_label: __param_target}, {source_labels: [__param_target], target_label: instance}, {target_label: __address__, replacement: blackbox-exporter:9115}]",
      "In prometheus.yml, then reload Prometheus",
      "promtool check config prometheus.yml",
      "safe",
    ),
});
