// Mail is not sent because TLS with the mail server fails.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/smtp-tls",
  title:
    "Alertmanager cannot send mail: TLS with the SMTP server fails (unknown CA, wrong name, or STARTTLS not offered)",
  why: "Alertmanager requires STARTTLS by default. The server's certificate must be signed by a CA it trusts and name the smarthost; a plain relay on port 25 offers no STARTTLS at all.",
  severity: "warning",
  component: "alertmanager",
  layer: "tls",
  nature: "cause",
  effect: "no-data-out",
  texts: [
    "send STARTTLS command: {error*}",
    "starttls failed: {error*}",
    "does not advertise the STARTTLS extension",
    "establish TLS connection to server: {error*}",
    "Must issue a STARTTLS command first",
  ],
  says: ({ line }) => {
    if (/unknown authority/.test(line.text))
      return "The SMTP server's certificate is signed by a CA that Alertmanager does not trust (STARTTLS: certificate signed by unknown authority)";
    if (/is valid for|doesn't contain any|legacy Common Name/.test(line.text))
      return "The SMTP server's certificate does not carry the name of the smarthost";
    if (/not advertise/.test(line.text))
      return "require_tls is true, but the SMTP server does not offer STARTTLS on that port";
    return "TLS with the SMTP server fails";
  },
  rivals: [{ rule: "smtp-credentials", tellApart: "wrong credentials would answer 535 after TLS is up" }],
  decideWith: "openssl s_client -starttls smtp -connect SMARTHOST:587 </dev/null",
  references: ["https://prometheus.io/docs/alerting/latest/configuration/#email_config"],
  fix: (finding) => ({
    summary: /not offer/.test(finding.says)
      ? "Use port 587, or require_tls: false for a local relay only"
      : "Set tls_config.ca_file (or server_name) of the mail receiver; the CA must be mounted into the container",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "In the email_config of that receiver",
        command: "tls_config: { ca_file: /etc/ssl/internal-ca.pem }",
      },
    ],
  }),
});
