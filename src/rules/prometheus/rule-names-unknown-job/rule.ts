// An alert that asks for a job no scrape configuration produces: it can never fire.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { readRules } from "../../../stack/rule-groups.ts";
import { repair } from "../../change-configuration.ts";
import { renameJob } from "../../change-job.ts";
import { jobsOf, knownJobs } from "../../known-jobs.ts";

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
  uses: ["kubernetes.objects"],
  decideWith: "curl -s 'http://PROMETHEUS:9090/api/v1/label/job/values'",
  references: ["https://prometheus.io/docs/concepts/jobs_instances/"],
  check({ "config.documents": documents }, stack) {
    const jobs = knownJobs(documents, stack);
    // without rule_files the rules may belong to another Prometheus
    if (!jobs || !("rule_files" in (jobs.doc.value as object))) return [];
    const { names: known, owner } = jobs;
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
  fix: (finding, facts) =>
    repair(
      "Select the job by the name it has",
      "safe",
      renameJob(finding.says, facts, "prometheus-rules"),
    ) ?? {
      summary: `Select the job_name that the scrape configuration has, or add a ${finding.subject.id} to scrape_configs`,
      risk: "safe",
      steps: [
        { do: "by-hand", title: `Align the alerts with the scrape configuration (${finding.subject.id})` },
      ],
    },
});
