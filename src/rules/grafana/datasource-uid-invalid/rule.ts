// Newer versions validate uids.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/datasource-uid-invalid",
  title: "A provisioned data source has an invalid uid, which newer Grafana versions refuse",
  why: "A uid may hold letters, digits, - and _ and at most 40 characters. Older versions did not check; since 10 and 11 provisioning stops there.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["UID is invalid", "uid contains illegal characters", "uid too long, max 40 characters"],
  says: ({ line }) => `Grafana refuses a uid: ${(line.fields?.error ?? line.msg ?? line.text).slice(0, 160)}`,
  decideWith: "grep -rn 'uid:' /etc/grafana/provisioning/datasources",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources"],
  fix: () => ({
    summary: "Give a uid of at most 40 characters from [A-Za-z0-9_-] and adapt the dashboards that name it",
    risk: "disruptive",
    steps: [{ do: "by-hand", title: "Change the uid in the provisioning file" }],
  }),
});
