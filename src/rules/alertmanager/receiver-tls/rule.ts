// The receiver's certificate is not trusted by Alertmanager.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/receiver-tls",
  title:
    "Alertmanager does not trust the certificate of a receiver (unknown CA, wrong name or expired), so notifications are lost",
  why: "Webhooks and other receivers behind a private CA need http_config.tls_config.ca_file: the image knows public CAs only. A proxy that opens TLS, an expired certificate or a URL with another name give the same error class.",
  severity: "critical",
  component: "alertmanager",
  layer: "tls",
  nature: "cause",
  effect: "no-data-out",
  texts: [
    "notify retry canceled{rest*}x509: {error*}",
    "Notify attempt failed{rest*}x509: {error*}",
    "Notify for alerts failed{rest*}x509: {error*}",
  ],
  except: ["/email[", "integration=email", "starttls", "smtp"],
  recoveredBy: ["Notify success"],
  says({ line }) {
    const url = /https:\/\/[^\s"\\]{1,120}/.exec(line.text)?.[0];
    const receiver = /"?([\w .-]{1,80}\/[a-z0-9]{2,20}\[\d+\])/.exec(line.text)?.[1];
    const error = /x509: ([^"\\]{1,120})/.exec(line.text)?.[1] ?? "certificate not trusted";
    const what = /unknown authority/.test(error)
      ? "give the receiver http_config.tls_config.ca_file with that CA"
      : /expired/.test(error)
        ? "renew the certificate (or correct the clock)"
        : "use the name the certificate is made for";
    return `${receiver ?? "A receiver"} cannot be notified at ${url ?? "its URL"}: x509: ${error}; ${what}`;
  },
  rivals: [{ rule: "alertmanager/smtp-tls", tellApart: "that is mail" }],
  decideWith:
    "openssl s_client -connect HOST:443 -showcerts </dev/null | openssl x509 -noout -issuer -subject -dates",
  references: ["https://prometheus.io/docs/alerting/latest/configuration/#http_config"],
  fix: (finding) =>
    byHand(
      `In the receiver: ${/; (.+)$/.exec(finding.says)?.[1] ?? "http_config: {tls_config: {ca_file: /etc/alertmanager/ca.crt}}"}`,
      "In alertmanager.yml, with the CA file mounted; then reload Alertmanager",
      undefined,
      "safe",
    ),
});
