// Back to the old alerting, while the database holds rules of the new one: Grafana ends rather than delete them.
import { byHand } from "../../by-hand.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "grafana/unified-alerting-kept-rules",
  title:
    "Grafana ends at start because unified alerting is switched off while its rules stand in the database (force_migration)",
  why: "With [unified_alerting] enabled = false (or [alerting] enabled = true) Grafana 8 to 10 goes back to legacy alerting, which deletes the rules made meanwhile. It does so only with force_migration = true and ends otherwise, at every start after the first. Grafana 11 has no legacy alerting at all.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "storage",
  from: "any",
  texts: [
    "New alert rules created while using unified alerting will be deleted, set force_migration=true",
    "Grafana has already been migrated to Unified Alerting",
    "both unified_alerting and legacy alerting are enabled",
    "legacy alerting and unified alerting are both enabled",
  ],
  says: ({ line }) =>
    /both/.test(line.text)
      ? "[alerting] and [unified_alerting] are both enabled, and Grafana starts with one of them only: set [alerting] enabled = false"
      : "Unified alerting is switched off, but its alert rules stand in the database: Grafana would delete them and ends instead, until force_migration=true is set or unified alerting is enabled again",
  rivals: [{ rule: "grafana/migration-failed", tellApart: "there a statement of a schema migration fails" }],
  decideWith:
    "grep -n -A3 -E '^\\[(unified_)?alerting\\]' grafana.ini; env | grep -E 'GF_(UNIFIED_)?ALERTING'",
  references: [
    "https://grafana.com/docs/grafana/v10.4/alerting/set-up/migrating-alerts/legacy-alerting-deprecation/",
  ],
  fix: () =>
    byHand(
      "Enable unified alerting ([unified_alerting] enabled = true, [alerting] enabled = false): nothing is lost. Only if the new rules may go: force_migration = true for one start",
      "In grafana.ini (Helm: grafana.ini.unified_alerting.enabled: true, grafana.ini.alerting.enabled: false)",
      undefined,
      "safe",
    ),
});
