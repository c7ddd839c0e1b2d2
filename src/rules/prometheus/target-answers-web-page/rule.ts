// HTML where metrics should be: wrong path or port, or a login page in between.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/target-answers-web-page",
  title: "A target answers with a web page instead of metrics: wrong path or port, or a login in front of it",
  why: "The scrape reaches something, but the body is HTML: metrics_path or port points at a page, or a proxy or single sign-on redirects to its login form.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    'received unsupported Content-Type "text/html{rest*}',
    'expected a valid start token, got "<"',
    'expected value after metric, got "<',
    "expected value after metric, got …INVALID",
    "text format parsing error in line 1…<",
    "invalid metric type {type*}DOCTYPE",
  ],
  from: "any",
  says: ({ line }) =>
    `The target${line.fields?.target ? ` ${line.fields.target}` : ""} answers with HTML: metrics_path or port is wrong, or a login page stands in front`,
  rivals: [
    {
      rule: "prometheus/content-type-missing",
      tellApart: "there the body is metrics text and only the header is missing",
    },
  ],
  decideWith: "curl -siL TARGET/metrics | head -20",
  references: ["https://prometheus.io/docs/instrumenting/exposition_formats/"],
  fix: () => ({
    summary:
      "Correct metrics_path or port of that job (or let the scrape pass the login); never set a fallback protocol here",
    risk: "safe",
    steps: [{ do: "by-hand", title: "See what answers", command: "curl -siL TARGET/metrics | head -20" }],
  }),
});
