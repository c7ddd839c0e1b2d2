// The proxy does not hand on the Host header.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/origin-not-allowed",
  title:
    "Grafana refuses requests with `origin not allowed`: the proxy in front does not forward the original Host header",
  why: "Since 8.3.5 Grafana compares Origin with Host for requests that change something. A proxy that sets its own Host breaks login and saving.",
  severity: "warning",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "no-answer",
  from: "any",
  texts: ["origin not allowed"],
  says: () =>
    "Origin and Host differ (origin not allowed): the reverse proxy does not pass the original Host header",
  decideWith:
    "curl -si -X POST -H 'Origin: https://PUBLIC' -H 'Host: PUBLIC' http://GRAFANA:3000/login | head -3",
  references: ["https://grafana.com/tutorials/run-grafana-behind-a-proxy/"],
  fix: () => ({
    summary:
      "nginx: proxy_set_header Host $http_host; Apache: ProxyPreserveHost on; else [security] csrf_trusted_origins",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "In the proxy's configuration", command: "proxy_set_header Host $http_host;" },
    ],
  }),
});
