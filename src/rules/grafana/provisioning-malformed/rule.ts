// The shape of a provisioning file is wrong.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/provisioning-malformed",
  title: "A Grafana provisioning file is malformed: wrong YAML shape or apiVersion missing",
  why: "datasources: and providers: must be lists, and each file needs apiVersion: 1; without it the file is read as the outdated version 0 with other keys.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "unique identifier and org id are needed to be able to get or delete a datasource",
    "[Deprecated] the datasource provisioning config is outdated",
    "provisioning…yaml: unmarshal errors",
    "provisioning…yaml: line {line#}: {what*}",
    "Failed to read datasource config…{error*}",
  ],
  says: ({ line, captures }) =>
    `A provisioning file is malformed${captures.line ? ` at line ${captures.line}` : ""}: ${(line.fields?.error ?? captures.what ?? line.msg ?? "wrong shape").slice(0, 180)}`,
  decideWith: "grep -L 'apiVersion: 1' /etc/grafana/provisioning/*/*.y*ml",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/"],
  fix: () => ({
    summary: "Make it `apiVersion: 1` with a list below datasources: (or providers:)",
    risk: "safe",
    steps: [{ do: "by-hand", title: "Repair the named file" }],
  }),
});
