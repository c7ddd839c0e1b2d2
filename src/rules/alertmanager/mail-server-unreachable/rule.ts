// The conversation with the mail server never begins: no port, the wrong port, or a port that speaks TLS at once.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "alertmanager/mail-server-unreachable",
  title:
    "Alertmanager sends no mail: the smarthost has no port, a wrong port, or a port where no SMTP conversation begins",
  why: "smtp_smarthost (smarthost of a receiver) is HOST:PORT, without a default port. 587 speaks STARTTLS, 465 TLS from the first byte, 25 is closed by most cloud providers. A wrong port is refused or times out; a server that expects TLS at once, or wants to see another client, closes the connection before it greets (EOF).",
  severity: "warning",
  component: "alertmanager",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  texts: [
    "establish connection to server: {error*}",
    "create SMTP client: {error*}",
    "Notify for {number#} alerts failed: dial tcp: {error*}: missing port in address",
    "Error on notify: dial tcp: missing port in address {host}",
    "Notify for {number#} alerts failed: dial tcp: missing port in address {host}",
    "split address: address {host}: missing port in address",
    "invalid smarthost…missing port in address",
  ],
  except: ["x509:", "tls: ", "first record does not look like a TLS handshake"],
  recoveredBy: ["Notify success"],
  says({ line }) {
    const { text } = line;
    const receiver = /"?([\w .-]{1,80}\/email\[\d+\])/.exec(text)?.[1];
    const who = receiver ? `Mail of ${receiver}` : "Mail";
    const bare =
      /missing port in address:? (?!\()([\w.-]{1,200})/.exec(text)?.[1] ??
      /address ([\w.-]{1,200}): missing port/.exec(text)?.[1];
    if (/missing port/.test(text))
      return `${who} is not sent: the smarthost ${bare ?? ""} has no port; write ${bare ?? "HOST"}:587 (STARTTLS) or :465 (TLS)`;
    const port = /dial tcp \S{1,200}?:(\d{1,5}):/.exec(text)?.[1];
    const error = /(?:connection to server|SMTP client): ([^"\\]{1,200})/.exec(text)?.[1] ?? "no answer";
    if (port)
      return `${who} is not sent: nothing answers on port ${port} of the smarthost (${error.replace(/^dial tcp /, "").trim()}): the port in smarthost is wrong, or a firewall or the provider blocks it`;
    if (/EOF|connection reset/.test(error))
      return `${who} is not sent: the mail server closes the connection before it greets (create SMTP client: ${error}): the smarthost's port expects another kind of connection (465 TLS at once, 587 STARTTLS), or the server refuses this client`;
    return `${who} is not sent: the smarthost does not answer as a mail server (${error})`;
  },
  rivals: [
    { rule: "alertmanager/smtp-tls", tellApart: "there the server greets, and TLS fails after it" },
    { rule: "host/name-server-silent", tellApart: "there the name of the smarthost does not resolve" },
  ],
  decideWith: "openssl s_client -connect HOST:465 </dev/null; nc -vz HOST 587",
  references: [
    "https://prometheus.io/docs/alerting/latest/configuration/#email_config",
    "https://github.com/prometheus/alertmanager/issues/693",
  ],
  fix: () =>
    byHand(
      "Set smtp_smarthost (or smarthost of the receiver) to HOST:587 with require_tls: true, or to HOST:465, whichever the mail server offers; then reload Alertmanager",
      "In alertmanager.yml: global.smtp_smarthost: HOST:587",
      undefined,
      "safe",
    ),
});
