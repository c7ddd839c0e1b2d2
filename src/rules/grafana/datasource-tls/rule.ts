// TLS between Grafana and the data source.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/datasource-tls",
  title: "Grafana does not trust the certificate of a data source (unknown CA or wrong name)",
  why: "An https data source needs a certificate whose CA Grafana knows and that names the address in the URL.",
  severity: "warning",
  component: "grafana",
  layer: "tls",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "x509: certificate signed by unknown authority",
    "x509: cannot validate certificate for {address} because it doesn't contain any IP SANs",
    "x509: certificate is valid for {names*}, not {address}",
    "x509: certificate has expired",
    "first record does not look like a TLS handshake",
  ],
  confirm: ({ line }) => ({
    // the catalogue of plugins and the login server are no data sources
    holds:
      line.component === "grafana" &&
      !/grafana\.com\/api\/plugins|plugins\/repo|OAuthLogin|oauth\.token|oauth2?:|logger=oauth/.test(
        line.text,
      ),
  }),
  says: ({ line }) => {
    const url = line.text.match(/https:\/\/[^\s"\\]+/)?.[0] ?? "the data source";
    if (/unknown authority/.test(line.text))
      return `The certificate of ${url} is signed by a CA that Grafana does not know`;
    if (/does not look like/.test(line.text)) return `${url} speaks plain http, the data source says https`;
    if (/expired/.test(line.text)) return `The certificate of ${url} has expired`;
    return `The certificate of ${url} does not carry the name or address in the URL`;
  },
  decideWith:
    "openssl s_client -connect HOST:PORT </dev/null | openssl x509 -noout -issuer -dates -ext subjectAltName",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#tls"],
  fix: () => ({
    summary:
      "Give Grafana the CA (tlsAuthWithCACert + secureJsonData.tlsCACert) or use a name from the certificate; skipping verification is the last resort",
    risk: "safe",
    steps: [{ do: "by-hand", title: "In the data source's jsonData", command: "tlsAuthWithCACert: true" }],
  }),
});
