// Grafana's own database (PostgreSQL, MySQL) refuses it or does not answer.

import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

const meanings: readonly (readonly [RegExp, string])[] = [
  [
    /password authentication failed|Access denied for user|Error 1045/i,
    "user or password (GF_DATABASE_USER, GF_DATABASE_PASSWORD) is not the one the database has",
  ],
  [/no pg_hba\.conf entry/i, "pg_hba.conf does not admit this host, user or connection without TLS"],
  [
    /database "[^"]*" does not exist|Unknown database|Error 1049/i,
    "the database named in GF_DATABASE_NAME does not exist",
  ],
  [
    /SSL is not enabled|server does not support SSL/i,
    "ssl_mode demands TLS, which the database does not offer",
  ],
  [
    /too many (?:clients|connections)|remaining connection slots/i,
    "the database has no connections left: bound max_open_conn",
  ],
  [/no such host|server misbehaving/i, "the host in GF_DATABASE_HOST does not resolve"],
  [/connection refused/i, "nothing listens at GF_DATABASE_HOST: the database is down or the port is wrong"],
  [/i\/o timeout|deadline exceeded/i, "GF_DATABASE_HOST does not answer in time"],
];

export const rule = textRule({
  id: "grafana/database-refuses",
  title: "Grafana cannot use its own database (PostgreSQL or MySQL), so it does not start",
  why: "With GF_DATABASE_TYPE postgres or mysql Grafana keeps users, dashboards and data sources there and opens it before anything else. A rotated password, a missing database, pg_hba.conf or a database that is down ends the start.",
  severity: "critical",
  component: "grafana",
  layer: "auth",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: [
    "failed to check table existence: {error*}",
    "failed to connect to database{error*}",
    "pq: password authentication failed for user",
    "pq: no pg_hba.conf entry for host",
    'pq: database "{name}" does not exist',
    "pq: SSL is not enabled on the server",
    "Error 1045 (28000): Access denied for user",
    "Error 1049 (42000): Unknown database",
    "migration failed{rest*}pq: {error*}",
    "Failed to connect to database{rest*}dial tcp{error*}",
  ],
  // SQLite is told by rules of its own
  except: ["sqlite", "database is locked", "readonly database", "unable to open database file"],
  recoveredBy: ["HTTP Server Listen"],
  says({ line }) {
    const meaning = meanings.find(([sign]) => sign.test(line.text))?.[1];
    const error = /((?:pq|Error \d{4}|dial tcp)[: ].{1,140})/.exec(line.text)?.[1] ?? line.text.slice(-140);
    return `Grafana's database refuses it (${error.replace(/[\\"]+$/, "")})${meaning ? `: ${meaning}` : ""}`;
  },
  rivals: [
    {
      rule: "grafana/migration-failed",
      tellApart: "there the database answers and a migration of the schema fails",
    },
    { rule: "grafana/database-locked", tellApart: "that is SQLite" },
  ],
  decideWith:
    "kubectl -n NAMESPACE exec POD -- printenv GF_DATABASE_HOST GF_DATABASE_USER GF_DATABASE_NAME; docker exec GRAFANA printenv GF_DATABASE_HOST",
  references: ["https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#database"],
  fix: (finding) =>
    byHand(
      `Bring Grafana's [database] settings and the database together: ${/: ([^:]+)$/.exec(finding.says)?.[1] ?? "host, user, password, name, ssl_mode"}`,
      "In GF_DATABASE_* (or grafana.ini), then restart Grafana",
    ),
});
