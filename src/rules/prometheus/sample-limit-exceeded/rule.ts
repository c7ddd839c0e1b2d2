// A target grew beyond sample_limit.
import { scrapeLimitRule } from "../../scrape-limit.ts";

export const rule = scrapeLimitRule({
  id: "prometheus/sample-limit-exceeded",
  setting: "sample_limit",
  title: "A target returns more samples than sample_limit allows, so its scrapes are dropped",
  why: "sample_limit (operator: sampleLimit, enforcedSampleLimit) drops a whole scrape when it is exceeded. The target is shown as down although it answers.",
  texts: ["sample limit exceeded", "sample_limit exceeded"],
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config"],
});
