// retention_period: 0 was `delete at once` up to 2.7 and is `keep for ever` since 2.8.
import type { FindingDraft } from "../../../model/finding.ts";
import { defineRule } from "../../../model/rule.ts";
import { isBefore } from "../../../stack/semver.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";

export const rule = defineRule({
  id: "loki/retention-zero",
  title: "retention_period: 0 means `delete at once` in this Loki version (before 2.8), not `keep for ever`",
  why: "Up to 2.7 the compactor takes a retention of 0 literally and marks every chunk for deletion; only from 2.8 on 0 switches the retention off. With retention_enabled: true, logs vanish some hours after they were written.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "no-answer",
  needs: ["config.documents"],
  rivals: [{ rule: "loki/retention-not-applied", tellApart: "there old logs stay although they should go" }],
  decideWith:
    "curl -s http://LOKI:3100/loki/api/v1/status/buildinfo; curl -s http://LOKI:3100/config | grep -A2 retention",
  references: [
    "https://grafana.com/docs/loki/latest/setup/upgrade/#280",
    "https://grafana.com/docs/loki/latest/operations/storage/retention/",
  ],
  check(facts, stack) {
    return lokiSettings(facts, stack).flatMap((settings): FindingDraft[] => {
      const { retentionPeriod, version } = settings;
      if (retentionPeriod?.value !== 0 || isBefore(version, "2.8.0") !== true) return [];
      const compactor = (settings.doc.value as { compactor?: { retention_enabled?: unknown } }).compactor;
      if (compactor?.retention_enabled !== true) return [];
      return [
        {
          ...subjectOf(settings),
          says: `limits_config.retention_period is 0 and compactor.retention_enabled is true: Loki ${version} deletes every line at once (0 means for ever since 2.8 only); set the period you want, or retention_enabled: false`,
          proof: [retentionPeriod.at, ...(settings.owner?.versionAt ? [settings.owner.versionAt] : [])],
          certainty: "proven",
        },
      ];
    });
  },
  fix: (finding, facts) =>
    lokiFix(finding, facts, "Switch the compactor's retention off until a period of at least 24h is chosen", [
      { path: ["compactor", "retention_enabled"], value: false },
    ]),
});
