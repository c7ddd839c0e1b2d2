// The certificate has no SAN for the address that is scraped.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/certificate-lacks-address",
  title: "A target's certificate does not name the address that is scraped (no matching SAN)",
  why: "TLS verification compares the address in the URL with the subject alternative names. Kubelet serving certificates are self-signed with names only, and old certificates carry just a common name, which Go ignores.",
  severity: "warning",
  component: "prometheus",
  layer: "tls",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: [
    "x509: cannot validate certificate for {address} because it doesn't contain any IP SANs",
    "x509: certificate relies on legacy Common Name field, use SANs",
    "x509: certificate is valid for {names*}, not {address}",
  ],
  except: ["failed calling webhook", "email", "SMTP", "STARTTLS"],
  confirm: (hit) => ({
    holds:
      hit.line.component !== "grafana" &&
      hit.line.component !== "alertmanager" &&
      hit.line.component !== "promtail" &&
      hit.line.component !== "alloy",
  }),
  says: ({ captures }) =>
    `The certificate at ${captures.address?.replace(/[\\"]+$/, "") ?? "the target"} has no SAN for that address: verification fails`,
  rivals: [
    {
      rule: "tls-unknown-authority",
      tellApart: "an unknown CA says `certificate signed by unknown authority`",
    },
  ],
  decideWith:
    "openssl s_client -connect ADDRESS </dev/null 2>/dev/null | openssl x509 -noout -ext subjectAltName",
  references: [
    "https://github.com/prometheus/prometheus/issues/1013",
    "https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs",
  ],
  fix: () => ({
    summary:
      "Issue the certificate with the address as IP SAN (kubelet: serverTLSBootstrap), set tls_config.server_name to a name it has, or insecure_skip_verify for that endpoint",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "See which names it has",
        command: "openssl s_client -connect ADDRESS </dev/null | openssl x509 -noout -ext subjectAltName",
      },
    ],
  }),
});
