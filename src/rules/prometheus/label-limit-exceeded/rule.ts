// One series with too many or too long labels fails the whole scrape.
import { scrapeLimitRule } from "../../scrape-limit.ts";

export const rule = scrapeLimitRule({
  id: "prometheus/label-limit-exceeded",
  setting: "label_limit",
  title: "A series breaks a label limit (number, name length or value length), so its whole scrape fails",
  why: "label_limit, label_name_length_limit and label_value_length_limit fail the scrape when one series breaks them. lastError names metric and label.",
  texts: [
    "label_limit exceeded (metric: {metric*}, number of labels: {number#}, limit: {limit#})",
    "label_name_length_limit exceeded",
    "label_value_length_limit exceeded",
    "label_limit exceeded",
  ],
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config"],
});
