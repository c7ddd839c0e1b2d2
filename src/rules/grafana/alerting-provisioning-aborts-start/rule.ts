// A file below provisioning/alerting that Grafana cannot take ends the start.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/alerting-provisioning-aborts-start",
  title: "A file in Grafana's alerting provisioning is invalid and stops the start",
  why: "Everything below provisioning/alerting is read at start and must be valid: a stray file, an export in the wrong shape, or a receiver that does not exist is fatal.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "file has invalid suffix",
    "alerting…contact points: {error*}",
    "invalid rule specification",
    "provisioning.alerting…level=error",
    "alert provisioning: {error*}",
  ],
  // the folder is optional
  except: ["read alerting provisioning files from directory…no such file or directory"],
  says: ({ line }) =>
    `Alerting provisioning fails: ${(line.fields?.error ?? line.msg ?? line.text).slice(0, 200)}`,
  decideWith: "ls -la /etc/grafana/provisioning/alerting",
  references: [
    "https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/",
  ],
  fix: () => ({
    summary: "Remove or repair the named file below provisioning/alerting",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "See what is there", command: "ls -la /etc/grafana/provisioning/alerting" },
    ],
  }),
});
