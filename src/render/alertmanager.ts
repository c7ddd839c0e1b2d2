// alertmanager.yml: who is told, in which order, and what is not told because something worse is.
import { given } from "../model/given.ts";
import type { Receiver, StackFile } from "../model/stack-file.ts";
import { secretName, secretsFolder } from "./secrets.ts";

type Config = Readonly<Record<string, unknown>>;

/** Alerts without anybody to tell end here, and stay visible in Alertmanager. */
const nobody = "nobody";

export function alertmanagerConfig({ alerting }: StackFile): Config {
  const { receivers } = alerting;
  const fallback = receivers.find(
    (one) => one.severities.length === 0 && Object.keys(one.match).length === 0,
  );
  const others = receivers.filter((one) => one !== fallback);
  return {
    route: given({
      receiver: fallback?.name ?? nobody,
      group_by: alerting.groupBy,
      group_wait: "30s",
      group_interval: "5m",
      repeat_interval: alerting.repeat,
      routes: [
        // The watchdog always fires; it proves the way to Alertmanager and is nobody's alarm.
        { receiver: nobody, matchers: ['alertname = "Watchdog"'] },
        ...others.map(route),
      ],
    }),
    inhibit_rules: [
      // A host that is gone explains everything that is missing from it.
      {
        source_matchers: ['alertname = "HostDown"'],
        target_matchers: ['alertname =~ "TargetDown|AgentLogsStopped"'],
        equal: ["host"],
      },
      {
        source_matchers: ['severity = "critical"'],
        target_matchers: ['severity = "warning"'],
        equal: ["alertname", "host"],
      },
    ],
    receivers: [{ name: nobody }, ...receivers.map(receiver)],
  };
}

function route({ name, severities, match }: Receiver): Config {
  const matchers = [
    ...(severities.length === 0 ? [] : [`severity =~ ${JSON.stringify(severities.join("|"))}`]),
    ...Object.entries(match).map(([label, value]) => `${label} = ${JSON.stringify(value)}`),
  ];
  return { receiver: name, matchers, continue: true };
}

function receiver({ name, sendResolved, webhook, slack, teams, pagerduty, email }: Receiver): Config {
  const file = (kind: string): string => `${secretsFolder}/${secretName(`${name}-${kind}`)}`;
  return given({
    name,
    webhook_configs: webhook && [
      {
        send_resolved: sendResolved,
        ...(typeof webhook.url === "string" ? { url: webhook.url } : { url_file: file("webhook") }),
      },
    ],
    slack_configs: slack && [
      given({ send_resolved: sendResolved, api_url_file: file("slack"), channel: slack.channel }),
    ],
    msteamsv2_configs: teams && [{ send_resolved: sendResolved, webhook_url_file: file("teams") }],
    pagerduty_configs: pagerduty && [{ send_resolved: sendResolved, routing_key_file: file("pagerduty") }],
    email_configs: email && [
      given({
        send_resolved: sendResolved,
        to: email.to,
        from: email.from,
        smarthost: email.smarthost,
        auth_username: email.username,
        auth_password_file: email.password && file("email"),
      }),
    ],
  });
}
