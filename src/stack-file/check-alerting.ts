// Receivers: that each one sends somewhere, and that the Alertmanager of this version can read its secrets from files.
import { hasTrait } from "../model/compatibility.ts";
import type { Check } from "./check.ts";

export const checkAlerting: Check = function* (stack) {
  const manager = stack.components.find((one) => one.kind === "alertmanager");
  const names = new Set<string>();
  for (const [i, receiver] of stack.alerting.receivers.entries()) {
    const path = ["alerting", "receivers", i];
    if (names.has(receiver.name))
      yield {
        path: [...path, "name"],
        says: `receiver ${receiver.name} stands twice`,
        write: "another name",
      };
    names.add(receiver.name);
    const { webhook, slack, teams, pagerduty, email } = receiver;
    if (!webhook && !slack && !teams && !pagerduty && !email)
      yield {
        path,
        says: `receiver ${receiver.name} sends nowhere`,
        write: "webhook, slack, teams, pagerduty or email below it",
      };
    if (typeof webhook?.url === "string" && !/^https?:\/\/[^\s/@]+/.test(webhook.url))
      yield {
        path: [...path, "webhook", "url"],
        says: "is neither an http URL without password nor a reference",
        write: "http://10.0.0.5:5001/hook or ${env:WEBHOOK_URL}",
      };
    if (
      webhook &&
      typeof webhook.url !== "string" &&
      manager &&
      !hasTrait("alertmanager", manager.version, "webhook-url-file")
    )
      yield {
        path: [...path, "webhook", "url"],
        says: `Alertmanager ${manager.version} cannot read the URL of a webhook from a file`,
        why: "it can since 0.26.0, and a reference must not be written into its configuration",
        write: "components:\n  alertmanager:\n    version: 0.26.0 (or later)",
      };
    if (teams && manager && !hasTrait("alertmanager", manager.version, "teams-workflows"))
      yield {
        path: [...path, "teams"],
        says: `Alertmanager ${manager.version} cannot send to Microsoft Teams workflows`,
        why: "the connectors that older versions use were switched off",
        write: "components:\n  alertmanager:\n    version: 0.28.0 (or later)",
      };
  }
  if (stack.alerting.receivers.length > 0 && !manager)
    yield {
      path: ["alerting"],
      says: "names receivers, and Alertmanager is disabled",
      write: "components:\n  alertmanager:\n    enabled: true",
    };
};
