// Prometheus 3 no longer guesses what a target sends.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/content-type-missing",
  title:
    "Prometheus 3 rejects a target because its response has no (or an unsupported) Content-Type and no fallback_scrape_protocol is set",
  why: "Up to 2.x a response without a usable Content-Type was taken for the text format. Since 3.0 the scrape fails unless the job says what to assume.",
  severity: "warning",
  component: "prometheus",
  layer: "version",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    "non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target",
    "received unsupported Content-Type {type*} and no fallback_scrape_protocol specified for target",
    "Failed to determine correct type of scrape target",
  ],
  except: ["text/html"],
  says: ({ line }) =>
    `The target${line.fields?.target ? ` ${line.fields.target}` : ""} sends a blank or unsupported Content-Type; Prometheus 3 needs fallback_scrape_protocol for it`,
  rivals: [
    {
      rule: "prometheus/target-answers-web-page",
      tellApart: "there the body really is HTML",
      decideWith: "curl -si TARGET/metrics | head",
    },
  ],
  decideWith: "curl -sI TARGET/metrics",
  references: ["https://prometheus.io/docs/prometheus/latest/migration/"],
  fix: () => ({
    summary:
      "Set fallback_scrape_protocol: PrometheusText0.0.4 for that job (ServiceMonitor: fallbackScrapeProtocol); better, let the exporter send a Content-Type",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "In the scrape config of that job",
        command: "fallback_scrape_protocol: PrometheusText0.0.4",
      },
    ],
  }),
});
