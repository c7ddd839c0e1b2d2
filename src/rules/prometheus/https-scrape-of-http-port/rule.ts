// The job says https, the port speaks plain http.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/https-scrape-of-http-port",
  title: "A job scrapes with https a port that speaks plain http",
  why: "The TLS handshake gets an HTTP answer. Either scheme is https where it should be http, or a proxy redirects to https.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: ["http: server gave HTTP response to HTTPS client"],
  says: ({ line }) =>
    `${line.text.match(/https:\/\/[^\s"\\]+/)?.[0] ?? "The target"} is scraped with scheme https, but the port speaks plain http`,
  rivals: [{ rule: "prometheus/http-scrape-of-https-port", tellApart: "there plain http meets TLS" }],
  decideWith: "curl -v http://TARGET/metrics",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config"],
  fix: () => ({
    summary:
      "Set scheme: http for that job, or use the TLS port; for redirects fix the proxy or set follow_redirects: false",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In the scrape config", command: "scheme: http" }],
  }),
});
