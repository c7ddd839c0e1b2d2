// The volume with Grafana's database is full.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/disk-full",
  title: "The volume with Grafana's database is full, so nothing can be saved and Grafana may not start",
  why: "SQLite needs space for the database and its journal in /var/lib/grafana; images, plugins and logs live there as well. On a full disk every write fails: logins, alert states, dashboards, migrations.",
  severity: "critical",
  component: "grafana",
  layer: "storage",
  nature: "cause",
  effect: "no-answer",
  phase: "storage",
  texts: ["database or disk is full", "/var/lib/grafana{path*}no space left on device"],
  says: ({ line }) =>
    `Grafana cannot write to its data directory: ${/no space/.test(line.text) ? "no space left on device" : "database or disk is full"}`,
  decideWith: "df -h /var/lib/grafana; df -i /var/lib/grafana; du -sh /var/lib/grafana/*",
  references: ["https://www.sqlite.org/rescode.html#full"],
  fix: () =>
    byHand(
      "Free or grow the volume behind /var/lib/grafana (old logs, png folder, unused plugins), then restart Grafana",
      "See what fills it",
      "du -sh /var/lib/grafana/*",
    ),
});
