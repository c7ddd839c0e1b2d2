// The notification is never sent: its text cannot be made.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

/** What Go's text/template says, and what it means (sources: text/template's parse and exec packages). */
const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /template \\*"([^"\\]+)\\*" not defined/i,
    "no template of that name is loaded: it is misspelt, or its file matches no entry of templates:",
  ],
  [/function \\*"([^"\\]+)\\*" not defined/i, "this version of Alertmanager knows no such function"],
  [/unexpected EOF|unclosed action|unterminated/i, "an {{ if }}, {{ range }} or {{ … is not closed"],
  [/can't evaluate field (\S+)/i, "the alert data has no such field"],
  [/nil pointer|index of untyped nil|map has no entry/i, "a value it uses is absent in this alert"],
  [/unexpected/i, "the template's syntax is wrong"],
];

export const rule = textRule({
  id: "alertmanager/template-broken",
  title:
    "A receiver's template cannot be executed, so Alertmanager sends none of that receiver's notifications",
  why: "Texts in a receiver are Go templates and are executed at the moment of sending. An error there is final: the notification is dropped and the receiver is silent, although the configuration loaded without complaint.",
  severity: "critical",
  component: "alertmanager",
  layer: "config",
  nature: "cause",
  effect: "no-data-out",
  phase: "run",
  texts: [
    "notify retry canceled due to unrecoverable error after {attempts#} attempts: template: {error*}",
    "notify retry canceled due to unrecoverable error after {attempts#} attempts: execute template: {error*}",
    "notify retry canceled due to unrecoverable error after {attempts#} attempts: {what*}: template: {error*}",
    'cancelling notify retry for "{integration}" due to unrecoverable error: template: {error*}',
    'cancelling notify retry for "{integration}" due to unrecoverable error: {what*}: template: {error*}',
  ],
  says({ line }) {
    const receiver = /"?([\w .-]{1,80}(?:\/[\w .-]{1,80}){0,3}\/[a-z0-9]{2,20}\[\d+\])/.exec(line.text)?.[1];
    const error = /template: (.{1,300}?)(?:\\*"?)?$/.exec(line.text)?.[1] ?? "";
    const found = meanings.find(([sign]) => sign.test(error));
    const named = found?.[0].exec(error)?.[1];
    return `${receiver ?? "A receiver"} has a template that fails${named ? ` (${named})` : ""}${found ? `: ${found[1]}` : `: ${error.slice(0, 160)}`}`;
  },
  rivals: [
    {
      rule: "alertmanager/receiver-refuses",
      tellApart: "there the service answered; here nothing was sent to it",
    },
  ],
  decideWith: "amtool template render --template.glob='TEMPLATES/*.tmpl' --template.text='TEXT'",
  references: [
    "https://github.com/prometheus/alertmanager/issues/2857",
    "https://prometheus.io/docs/alerting/latest/notifications/",
  ],
  fix: (finding) =>
    byHand(
      `Correct the template: ${finding.says}`,
      "In the receiver or in the files under templates:, then reload Alertmanager",
      "amtool template render --template.glob='TEMPLATES/*.tmpl' --template.text='TEXT'",
      "safe",
    ),
});
