// etcd's client port serves metrics with mutual TLS only.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/etcd-needs-client-certificate",
  title: "etcd's port 2379 gives metrics only to clients with a certificate",
  why: "With --client-cert-auth etcd refuses every connection on 2379 that brings no client certificate. Metrics without one are on the port of --listen-metrics-urls (usually 2381).",
  severity: "warning",
  component: "prometheus",
  layer: "tls",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  texts: [
    ":2379…remote error: tls: bad certificate",
    ":2379…connection reset by peer",
    ":2379…malformed HTTP response",
    ":2379…certificate required",
    ":2379…EOF",
  ],
  says: () => "etcd is scraped on port 2379, which demands a client certificate; Prometheus sends none",
  decideWith: "ps -ef | grep etcd | tr ' ' '\\n' | grep -E 'client-cert-auth|listen-metrics-urls'",
  references: ["https://etcd.io/docs/latest/op-guide/monitoring/"],
  fix: () => ({
    summary:
      "Scrape the port of --listen-metrics-urls (2381; kubeEtcd.service.targetPort=2381), or mount an etcd client certificate and set tls_config",
    risk: "safe",
    steps: [{ do: "by-hand", title: "kubeEtcd.service.port and targetPort: 2381 in the chart values" }],
  }),
});
