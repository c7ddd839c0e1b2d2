// The answer is larger than body_size_limit.
import { scrapeLimitRule } from "../../scrape-limit.ts";

export const rule = scrapeLimitRule({
  id: "prometheus/body-size-limit-exceeded",
  setting: "body_size_limit",
  title: "A target's response is larger than body_size_limit, so its scrapes fail",
  why: "body_size_limit (operator: enforcedBodySizeLimit) counts the uncompressed response.",
  texts: ["body size limit exceeded", "body_size_limit exceeded"],
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config"],
});
