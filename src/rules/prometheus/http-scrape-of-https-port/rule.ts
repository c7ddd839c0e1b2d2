// Plain http meets a TLS port.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/http-scrape-of-https-port",
  title: "A job scrapes with plain http a port that speaks TLS",
  why: "The target answers with a TLS alert or with 400 `Client sent an HTTP request to an HTTPS server`. Often the scheme annotation is missing, or relabelling took __scheme__ away.",
  severity: "warning",
  component: "prometheus",
  layer: "config",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: ["malformed HTTP response…x15…x03", "Client sent an HTTP request to an HTTPS server"],
  says: ({ line }) =>
    `${line.text.match(/http:\/\/[^\s"\\]+/)?.[0] ?? "A target"} is scraped with plain http, but the port speaks TLS (https)`,
  rivals: [{ rule: "prometheus/https-scrape-of-http-port", tellApart: "there TLS meets plain http" }],
  decideWith: "openssl s_client -connect TARGET </dev/null | head",
  references: ["https://prometheus.io/docs/prometheus/latest/configuration/configuration/#tls_config"],
  fix: () => ({
    summary: "Set scheme: https with a tls_config for that job (annotation prometheus.io/scheme: https)",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In the scrape config", command: "scheme: https" }],
  }),
});
