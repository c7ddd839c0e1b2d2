// Slack answers, and says what is wrong.
import { textRule } from "../../text-rule.ts";

const meaning: Readonly<Record<string, string>> = {
  no_active_hooks: "the webhook was disabled or revoked",
  no_service: "the webhook does not exist (any more)",
  channel_not_found: "the channel does not exist or the app is not in it",
  channel_is_archived: "the channel is archived",
  invalid_token: "the token in the webhook URL is wrong or cut off",
  invalid_auth: "the token is not valid",
  account_inactive: "the token belongs to a deleted account",
};

export const rule = textRule({
  id: "alertmanager/slack-refused",
  title:
    "Slack refuses Alertmanager's notifications: webhook, channel or token of the receiver is no longer valid",
  why: "Slack's answer names the reason in one word. It is not retried: every notification of that receiver is lost.",
  severity: "warning",
  component: "alertmanager",
  layer: "delivery",
  nature: "cause",
  effect: "no-data-out",
  texts: [
    "unexpected status code {status#}: {word}",
    'cancelling notify retry for "slack" due to unrecoverable error: unexpected status code {status#}',
    "channel_not_found",
    "no_active_hooks",
    "invalid_auth",
  ],
  confirm: (hit) => ({
    holds: /slack|no_active_hooks|no_service|channel_|invalid_token/i.test(hit.line.text),
  }),
  says: ({ line }) => {
    const word = Object.keys(meaning).find((entry) => line.text.includes(entry));
    const receiver = line.text.match(/([\w./-]+)\/slack\[\d+\]/)?.[1] ?? line.fields?.receiver;
    return `Slack refuses notifications${receiver ? ` of receiver ${receiver}` : ""}: ${word ? `${word} (${meaning[word]})` : "see the status code"}`;
  },
  decideWith: 'curl -X POST -d \'{"text":"test"}\' WEBHOOK_URL',
  references: ["https://api.slack.com/messaging/webhooks#handling_errors"],
  fix: () => ({
    summary: "Make a new webhook (or name a live channel) for that receiver",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Replace api_url of the receiver" }],
  }),
});
