// The SQLite file itself cannot be written.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/database-readonly",
  title: "Grafana's SQLite database is read-only for the user Grafana runs as",
  why: "A copied or restored grafana.db often belongs to root. SQLite also needs to write the directory, for its journal.",
  severity: "critical",
  component: "grafana",
  layer: "permissions",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["attempt to write a readonly database"],
  // Where the whole directory is refused, the start script has said so, and that is the cause.
  confirm: (hit, facts) => ({
    holds: !facts["text.lines"].some(
      (line) =>
        /GF_PATHS_DATA='[^']*' is not writable/.test(line.text) && line.at.source === hit.line.at.source,
    ),
  }),
  says: () =>
    "grafana.db (or its directory) is not writable for Grafana's user: attempt to write a readonly database",
  decideWith: "ls -ln /var/lib/grafana/grafana.db; ls -ldn /var/lib/grafana",
  references: ["https://grafana.com/docs/grafana/latest/troubleshooting/"],
  fix: () => ({
    summary: "chown grafana.db and its directory to 472 (package: grafana)",
    risk: "safe",
    steps: [
      { do: "by-hand", title: "File and directory", command: "chown 472:0 DIRECTORY DIRECTORY/grafana.db" },
    ],
  }),
});
