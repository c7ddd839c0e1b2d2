// More targets than target_limit: the whole job fails.
import { scrapeLimitRule } from "../../scrape-limit.ts";

export const rule = scrapeLimitRule({
  id: "prometheus/target-limit-exceeded",
  setting: "target_limit",
  title: "A job discovers more targets than target_limit allows, so all its targets fail",
  why: "When discovery finds more targets than target_limit (operator: targetLimit, enforcedTargetLimit), every target of the job is failed on purpose.",
  texts: ["target_limit exceeded (number of targets: {number#}, limit: {limit#})", "target_limit exceeded"],
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config"],
});
