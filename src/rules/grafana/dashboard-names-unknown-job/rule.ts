// Panels that ask for a job no scrape configuration produces stay empty for ever.
import type { FindingDraft } from "../../../model/finding.ts";
import type { Place } from "../../../model/place.ts";
import { defineRule } from "../../../model/rule.ts";
import { type Dashboard, readDashboard } from "../../../stack/grafana-config.ts";
import { byHand } from "../../by-hand.ts";
import { repair } from "../../change-configuration.ts";
import { renameJob } from "../../change-job.ts";
import { jobsOf, knownJobs } from "../../known-jobs.ts";

export const rule = defineRule({
  id: "grafana/dashboard-names-unknown-job",
  title: "Panels of a dashboard select a job that no scrape config produces, so they stay empty",
  why: 'Dashboards from elsewhere often carry the job name of their author: job="node" or job="kubelet". The label job is the job_name of this scrape configuration; where they differ, the query is valid and finds nothing.',
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  rivals: [
    { rule: "prometheus/target-unreachable", tellApart: "there the job exists and its targets are down" },
    {
      rule: "grafana/dashboard-input-unresolved",
      tellApart: "there the data source of the panels is not resolved",
    },
  ],
  decideWith: "curl -s 'http://PROMETHEUS:9090/api/v1/label/job/values'",
  references: ["https://prometheus.io/docs/concepts/jobs_instances/"],
  check({ "config.documents": documents }, stack) {
    const jobs = knownJobs(documents, stack);
    if (!jobs) return [];
    return documents
      .filter(({ kind, parseError }) => kind === "grafana-dashboard" && !parseError)
      .flatMap((doc): FindingDraft[] => {
        const dashboard = readDashboard(doc);
        const asked = queriesOf(dashboard);
        const missing = asked.filter(({ job }) => !jobs.names.has(job));
        const names = [...new Set(missing.map(({ job }) => job))];
        if (names.length === 0) return [];
        const title = dashboard.title?.value ?? doc.at.source;
        return [
          {
            subject: { kind: "object", id: `dashboard ${title}` },
            says: `${names.map((name) => `job="${name}"`).join(", ")} ${names.length === 1 ? "is" : "are"} selected by ${missing.length} ${missing.length === 1 ? "query" : "queries"} of ${title}, but no scrape config has ${names.length === 1 ? "that job_name" : "such a job_name"} (there are: ${[...jobs.names].filter(Boolean).slice(0, 8).join(", ")}): the panels stay empty`,
            proof: missing.slice(0, 3).map(({ at }) => at),
            certainty: "likely",
          },
        ];
      });
  },
  fix: (finding, facts) =>
    repair(
      "Select the job by the name it has",
      "safe",
      renameJob(finding.says, facts, "grafana-dashboard"),
    ) ??
    byHand(
      `Use the job_name of the scrape configuration in the queries (better: a variable job from label_values(job)), or rename the job; see ${finding.subject.id}`,
      "In the dashboard's JSON",
      undefined,
      "safe",
    ),
});

function queriesOf({ panels }: Dashboard): { readonly job: string; readonly at: Place }[] {
  return (
    panels
      .filter(({ datasource }) => datasource?.type === undefined || datasource.type === "prometheus")
      .flatMap(({ queries }) => queries)
      .filter(({ datasource }) => datasource?.type === undefined || datasource.type === "prometheus")
      // a variable stands for whatever is chosen
      .flatMap(({ expr }) =>
        jobsOf(expr.value)
          .filter((job) => !/[$[]|^_+$|^v_*$/.test(job))
          .map((job) => ({ job, at: expr.at })),
      )
  );
}
