// The receiving service answers and says no; Alertmanager does not try such a notification again.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

/** What the services answer, and what it means. Sources: their API documentation. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [/chat not found/i, "the chat_id is wrong or the bot is no member of the chat"],
  [/bot was (?:kicked|blocked)/i, "the bot was removed from the chat"],
  [
    /can't parse entities/i,
    "the message is not valid in the chosen parse_mode (HTML or Markdown): escape the template's values",
  ],
  [/message is too long/i, "the message exceeds the service's limit: shorten the template"],
  [
    /invalid routing key|invalid key|Event object is invalid/i,
    "the routing (integration) key does not exist",
  ],
  [/unknown webhook|invalid webhook token/i, "the webhook was deleted"],
  [
    /webhook message delivery failed|status code 410|410 Gone/i,
    "the webhook is gone; Microsoft retired the Office 365 connectors, use a workflow (Power Automate) URL",
  ],
  [
    /unauthori[sz]ed|status code 401|could not authenticate|invalid token/i,
    "the token or password is not accepted",
  ],
  [/forbidden|status code 403/i, "the token has no right to post there"],
  [/status code 404|not found/i, "the URL does not exist there"],
  [
    /status code 400|bad request/i,
    "the service does not understand the message: the template or a field of the receiver is wrong",
  ],
];

export const rule = textRule({
  id: "alertmanager/receiver-refuses",
  title: "The service behind a receiver refuses Alertmanager's notifications, which are not tried again",
  why: "Telegram, PagerDuty, Opsgenie, Discord, Teams or a webhook answered, so the network works, and refused: wrong token, chat, key or message format. 4xx answers are final: each notification of that receiver is lost.",
  severity: "critical",
  component: "alertmanager",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  texts: [
    "{receiver}/{integration}[{number#}]: notify retry canceled due to unrecoverable error after {attempts#} attempts: {error*}",
    'cancelling notify retry for "{integration}" due to unrecoverable error: {error*}',
    "notify retry canceled due to unrecoverable error{rest*}",
  ],
  // told by their own rules, or not an answer of the service
  except: [
    "/slack[",
    '"slack"',
    "/email[",
    "context canceled",
    "dial tcp",
    "x509:",
    "no such host",
    "template:",
    "execute template",
  ],
  says({ line }) {
    const receiver = /"?([\w .-]{1,80}\/[a-z0-9]{2,20}\[\d+\])/.exec(line.text)?.[1];
    const error =
      /unrecoverable error(?: after \d+ attempts)?: (.{1,300}?)(?:\\?"|$)/.exec(line.text)?.[1] ?? "";
    const meaning = meanings.find(([sign]) => sign.test(error))?.[1];
    return `${receiver ?? "A receiver"} refuses the notification: ${error.slice(0, 160)}${meaning ? `; ${meaning}` : ""}`;
  },
  rivals: [
    { rule: "alertmanager/slack-refused", tellApart: "Slack names the reason in one word" },
    { rule: "alertmanager/smtp-tls", tellApart: "mail fails in the TLS handshake or at the login" },
  ],
  decideWith: "amtool config show; amtool alert add test severity=info",
  references: ["https://prometheus.io/docs/alerting/latest/configuration/#receiver-integration-settings"],
  fix: (finding) =>
    byHand(
      `Correct the receiver: ${/; (.+)$/.exec(finding.says)?.[1] ?? "its token, key, address or template"}`,
      "In alertmanager.yml, then reload Alertmanager",
      undefined,
      "safe",
    ),
});
