// An alert that asks for a job no scrape configuration produces: it can never fire.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { readFileTargets, readPrometheusConfig, type ScrapeJob } from "../../../stack/prometheus-config.ts";
import { readPromql } from "../../../stack/promql.ts";
import { readRules } from "../../../stack/rule-groups.ts";

export const rule = defineRule({
  id: "prometheus/rule-names-unknown-job",
  title: "An alert selects a job that no scrape config produces, so it can never fire",
  why: 'The label job is the job_name of the scrape configuration, unless a target or a relabelling rule sets another. An alert copied from elsewhere that selects job="node" where the job is called node-exporter is evaluated without error, matches nothing and stays silent when the host goes down.',
  severity: "warning",
  component: "prometheus",
  layer: "rules",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  decideWith: "curl -s 'http://PROMETHEUS:9090/api/v1/label/job/values'",
  references: ["https://prometheus.io/docs/concepts/jobs_instances/"],
  check({ "config.documents": documents }, stack) {
    const configs = documents.filter(isWhole);
    const [doc] = configs;
    if (!doc || configs.length !== 1 || receivesWrites(stack.components)) return [];
    const { jobs, scrapeConfigFiles } = readPrometheusConfig(doc);
    if (scrapeConfigFiles.length > 0 || jobs.some(setsJob)) return [];
    const known = new Set([
      ...jobs.flatMap(({ name, targets }) => [
        name?.value ?? "",
        ...targets.flatMap(({ labels }) => labels.job ?? []),
      ]),
      ...documents
        .filter(({ kind }) => kind === "prometheus-file-sd")
        .flatMap(readFileTargets)
        .flatMap(({ labels }) => labels.job ?? []),
    ]);
    const asked = documents
      .filter(({ kind, parseError }) => kind === "prometheus-rules" && !parseError)
      .flatMap((file) => readRules(file))
      .flatMap((entry) => {
        const names = entry.expr ? jobsOf(entry.expr.value) : [];
        return names.map((job) => ({ job, entry }));
      });
    // Rules none of whose jobs is known belong to another Prometheus.
    if (!asked.some(({ job }) => known.has(job))) return [];
    const missing = new Map<string, typeof asked>();
    for (const one of asked)
      if (!known.has(one.job)) missing.set(one.job, [...(missing.get(one.job) ?? []), one]);
    const owner = stack.components.find(({ configs: own }) => own.includes(doc));
    return [...missing].map(([job, uses]): FindingDraft => {
      const names = [...new Set(uses.map(({ entry }) => entry.name))];
      return {
        subject: { kind: "object", id: `job ${job}` },
        ...(owner ? { component: owner.id } : {}),
        says: `${names.slice(0, 3).join(", ")} select${names.length === 1 ? "s" : ""} job="${job}", but no scrape config has that job_name (there are: ${[...known].filter(Boolean).slice(0, 8).join(", ")}): nothing is matched and the alert never fires`,
        proof: uses.slice(0, 3).map(({ entry }) => entry.expr?.at ?? entry.at),
        certainty: "likely",
      };
    });
  },
  fix: (finding) => ({
    summary: `Select the job_name that the scrape configuration has, or add a ${finding.subject.id} to scrape_configs`,
    risk: "safe",
    steps: [
      { do: "by-hand", title: `Align the alerts with the scrape configuration (${finding.subject.id})` },
    ],
  }),
});

/** The whole file: it has its global block and says which rules it loads. */
function isWhole(doc: ConfigDocument): boolean {
  return (
    doc.kind === "prometheus" &&
    !doc.fragment &&
    isRecord(doc.value) &&
    ["global", "scrape_configs", "rule_files"].every((key) => key in (doc.value as object))
  );
}

function receivesWrites(components: readonly { kind: string; args: readonly { text: string }[] }[]): boolean {
  return components.some(
    ({ kind, args }) =>
      kind === "pushgateway" ||
      (kind === "prometheus" && args.some(({ text }) => /enable-(?:remote-write|otlp)-receiver/.test(text))),
  );
}

/** Jobs whose series may carry any job label. */
function setsJob({ honorLabels, relabelings, metricRelabelings, discoveries }: ScrapeJob): boolean {
  return (
    honorLabels.value ||
    discoveries.some(({ kind }) => kind === "file" || kind === "http" || kind === "consul") ||
    [...relabelings, ...metricRelabelings].some(
      ({ rule: { targetLabel, action } }) => targetLabel === "job" || action === "labelmap",
    )
  );
}

function jobsOf(expr: string): readonly string[] {
  const { selectors, error } = readPromql(expr);
  if (error) return [];
  return selectors.flatMap(({ matchers }) =>
    matchers
      .filter(({ name, op, value }) => name === "job" && op === "=" && value !== "")
      .map(({ value }) => value),
  );
}
