// YAML that is fine and says something impossible: a job twice, a timeout above the interval.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/config-contradictory",
  title: "prometheus.yml contradicts itself: a job name twice, or a scrape timeout above its interval",
  why: "Job names must be unique over all scrape configs (also those an operator adds), and a scrape must be able to time out before the next one starts.",
  severity: "critical",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    'found multiple scrape configs with job name "{job}"',
    'scrape timeout greater than scrape interval for scrape config with job name "{job}"',
    "global scrape timeout greater than scrape interval",
    "scrape timeout greater than scrape interval",
  ],
  says: ({ line, captures }) =>
    /multiple scrape configs/.test(line.text)
      ? `Job name ${captures.job} is used by more than one scrape config`
      : `scrape_timeout is greater than scrape_interval${captures.job ? ` in job ${captures.job}` : ""}`,
  decideWith: "promtool check config /etc/prometheus/prometheus.yml",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config"],
  fix: () => ({
    summary: "Rename the job, or lower scrape_timeout to at most the interval",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Check the file",
        command: "promtool check config /etc/prometheus/prometheus.yml",
      },
    ],
  }),
});
