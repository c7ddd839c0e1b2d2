// The exporter wants a client certificate and does not accept the one Prometheus shows.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/client-certificate-refused",
  title: "The target refuses Prometheus' client certificate (missing, of another CA, or without clientAuth)",
  why: "With client_auth_type RequireAndVerifyClientCert an exporter accepts only certificates of its client_ca_file that carry the extended key usage clientAuth. After a renewal with another CA or another profile (many public CAs dropped clientAuth) the handshake ends with an alert, and the target is down.",
  severity: "critical",
  component: "prometheus",
  layer: "tls",
  nature: "cause",
  effect: "no-data-in",
  phase: "run",
  from: "any",
  texts: [
    "remote error: tls: bad certificate",
    "remote error: tls: certificate required",
    "remote error: tls: unknown certificate authority",
    "tls: client didn't provide a certificate",
    "tls: failed to verify certificate: x509: certificate specifies an incompatible key usage",
    "tls: failed to verify client certificate",
    "tls: client's certificate's extended key usage doesn't permit it to be used for client authentication",
  ],
  except: ["etcd", ":2379", "webhook", ":10250", "admission"],
  uses: ["config.documents"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const text = hit.lines.map((line) => line.text).join("\n");
    const web = facts["config.documents"].find(
      ({ kind, text: body }) =>
        kind === "prometheus-web" && /RequireAndVerifyClientCert|RequireAnyClientCert/.test(body),
    );
    const isExporter =
      /metrics|node[_-]exporter|scrape|:9100|promhttp/i.test(text) ||
      hit.component?.kind === "prometheus" ||
      hit.line.component === "node-exporter";
    const names =
      /client didn't provide|certificate required|client certificate|client authentication|incompatible key usage/.test(
        text,
      );
    if (web) return { holds: true, proof: [web.at] };
    if (names && isExporter) return { holds: true };
    // `bad certificate` from the server side may as well be a client that does not trust the server
    return isExporter &&
      /remote error: tls: bad certificate/.test(text) &&
      !/TLS handshake error from/.test(text)
      ? { holds: true, certainty: "likely" }
      : {};
  },
  says: ({ lines }) => {
    const text = lines.map((line) => line.text).join("\n");
    const why = /client didn't provide|certificate required/.test(text)
      ? "Prometheus shows none (tls_config.cert_file and key_file are missing)"
      : /key usage|client authentication/.test(text)
        ? "the certificate lacks the extended key usage clientAuth"
        : "it is of another CA than client_ca_file, expired, or lacks the extended key usage clientAuth";
    return `The target refuses Prometheus' client certificate: ${why}`;
  },
  rivals: [
    {
      rule: "prometheus/certificate-lacks-address",
      tellApart: "there Prometheus refuses the target's certificate, with x509 in its own message",
    },
    { rule: "prometheus/etcd-needs-client-certificate", tellApart: "that is etcd's port 2379" },
  ],
  decideWith:
    "openssl x509 -in CLIENT.crt -noout -issuer -enddate -ext extendedKeyUsage; grep -A5 tls_server_config web.yml",
  references: [
    "https://prometheus.io/docs/prometheus/latest/configuration/https/",
    "https://github.com/prometheus/node_exporter/issues/3127",
  ],
  fix: () =>
    byHand(
      "Issue the client certificate from the CA in client_ca_file with extendedKeyUsage = clientAuth, and name it in tls_config (cert_file, key_file) of the job",
      "On the Prometheus host",
    ),
});
