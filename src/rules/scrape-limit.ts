// Rules about one of the limits a scrape can hit: same shape, another word.
import type { Rule } from "../model/rule.ts";
import { textRule } from "./text-rule.ts";

export interface ScrapeLimit {
  readonly id: string;
  readonly setting: string;
  readonly title: string;
  readonly why: string;
  readonly texts: readonly string[];
  readonly references: readonly string[];
}

export function scrapeLimitRule({
  id,
  setting,
  title,
  why,
  texts,
  references,
}: ScrapeLimit): Rule<"text.lines", never> {
  return textRule({
    id,
    title,
    why,
    severity: "warning",
    component: "prometheus",
    layer: "limits",
    nature: "cause",
    effect: "no-data-in",
    phase: "run",
    texts,
    says: ({ line, captures }) => {
      const limit = captures.limit
        ? ` (limit ${captures.limit}${captures.number ? `, found ${captures.number}` : ""})`
        : "";
      return `${setting} is exceeded${limit}: the whole scrape is dropped by design${line.fields?.scrape_pool ? ` in ${line.fields.scrape_pool}` : ""}`;
    },
    decideWith: `grep -n ${setting} prometheus.yml; curl -s http://PROMETHEUS:9090/api/v1/targets`,
    references,
    fix: () => ({
      summary: `Find what grew, then raise ${setting} for that job or drop what is not needed with metric_relabel_configs`,
      risk: "safe",
      steps: [{ do: "by-hand", title: `Raise ${setting} of that job, or narrow what it collects` }],
    }),
  });
}
