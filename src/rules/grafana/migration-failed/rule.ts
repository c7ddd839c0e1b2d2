// The database schema could not be brought to the new version.
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/migration-failed",
  title: "Grafana's database migration failed, so the new version does not start",
  why: "At its first start a version migrates the database. Skipped major versions, an interrupted earlier migration, a downgrade, rows that break a new constraint or two replicas migrating at once make it fail; the id names the step.",
  severity: "critical",
  component: "grafana",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "Executing migration failed",
    "migration failed (id = {id*})",
    "NOT NULL constraint failed: {column}",
    "Sqlstore::Migration failed err: {error*}",
  ],
  except: [
    "database is locked",
    "disk I/O error",
    "unable to open database file",
    "readonly database",
    "no space left",
    "malformed",
  ],
  uses: ["host.versions"],
  confirm: (hit, facts) => {
    const all = facts["text.lines"].filter((line) => line.component === "grafana" || !line.component);
    const other = all.some((line) =>
      /disk I\/O error|database is locked|readonly database|malformed/i.test(line.text),
    );
    if (other) return { holds: false };
    const upgrade = facts["host.versions"].find(
      (entry) => entry.of === "grafana" && entry.before !== undefined,
    );
    const rows = all.find((line) => /IS NULL|SELECT .* FROM/i.test(line.text));
    return { holds: hit.lines.length > 0, proof: [upgrade?.at, rows?.at].flatMap((at) => (at ? [at] : [])) };
  },
  says: ({ line }) => {
    const id = line.text.match(/id ?=\s*\\?"?([^")\\]+)/)?.[1]?.trim();
    const column = line.text.match(/NOT NULL constraint failed: ([\w.]+)/)?.[1];
    return `Migration${id ? ` "${id}"` : ""} failed${column ? `: existing rows have NULL where ${column} must not be NULL (updated_by and created_by of old dashboards)` : `: ${(line.fields?.error ?? line.fields?.err ?? "").slice(0, 140)}`}`;
  },
  rivals: [
    { rule: "grafana/database-locked", tellApart: "that error is `database is locked`" },
    { rule: "grafana/database-on-network-filesystem", tellApart: "that error is `disk I/O error`" },
  ],
  decideWith: "sqlite3 grafana.db 'select * from migration_log order by id desc limit 5'",
  references: ["https://grafana.com/docs/grafana/latest/upgrade-guide/"],
  fix: () => ({
    summary:
      "Restore the backup of grafana.db; repair the named rows (set the NULL column) or upgrade one major version at a time; never edit migration_log without a backup",
    risk: "destructive",
    steps: [{ do: "by-hand", title: "Back up first", command: "cp -a grafana.db grafana.db.before" }],
  }),
});
