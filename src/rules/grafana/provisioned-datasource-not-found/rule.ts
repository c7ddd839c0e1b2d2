// A provisioned uid or name changed under an existing data source.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/provisioned-datasource-not-found",
  title:
    "Data source provisioning fails with `data source not found`: uid or name of an existing data source was changed in the file",
  why: "Grafana finds a provisioned data source by its uid. When a file gives an existing name another uid (or two files disagree, or deleteDatasources stands beside a new definition), the lookup fails, and with it the whole file or the start.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["Datasource provisioning error: data source not found"],
  says: () =>
    "Provisioning refers to a data source by a uid that Grafana's database does not have for that name (data source not found)",
  rivals: [
    {
      rule: "grafana/two-default-datasources",
      tellApart: "that error says `Only one datasource per organization can be marked as default`",
    },
  ],
  decideWith: "curl -su admin http://GRAFANA:3000/api/datasources | jq '.[]|{name,uid}'",
  references: ["https://github.com/grafana/grafana/issues/110740"],
  fix: () => ({
    summary:
      "Put the old uid back into the file, or delete the old row once (deleteDatasources by name, then start without it)",
    risk: "disruptive",
    steps: [
      {
        do: "by-hand",
        title: "Compare uid and name with the file",
        command: "sqlite3 grafana.db 'select name,uid,org_id from data_source'",
      },
    ],
  }),
});
