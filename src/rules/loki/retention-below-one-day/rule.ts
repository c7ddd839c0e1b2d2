// A retention shorter than the index period.

import { formatDuration } from "../../../model/duration.ts";
import { listAt } from "../../../stack/config-value.ts";
import { placedDuration } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { type LokiSettings, lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

const day = 86_400_000;

export const rule = textRule({
  id: "loki/retention-below-one-day",
  title: "Loki's retention period is shorter than 24h",
  why: "Index tables are written per 24h, so Loki refuses a retention_period (global or of a retention_stream) below 24h and exits.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["retention period must be >= 24h was {period}", "retention period must be >= 24h"],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const short = lokiSettings(facts, stack, hit.component).flatMap(shortPeriods)[0];
    return { holds: true, ...(short ? { proof: [short.at] } : {}) };
  },
  says: ({ captures }) =>
    `retention_period is ${captures.period?.replace(/[\\"].*$/, "") ?? "below 24h"}, and Loki accepts no less than 24h: set limits_config.retention_period: 24h or more`,
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((entry) =>
      (entry.doc.origin === "file" ? shortPeriods(entry) : []).slice(0, 1).map(({ value, at, name }) => ({
        ...subjectOf(entry),
        says: `${name} is ${formatDuration(value)}, and Loki accepts no less than 24h: set it to 24h or more`,
        proof: [at],
        certainty: "proven" as const,
      })),
    ),
  references: [
    "https://github.com/grafana/loki/blob/main/pkg/validation/limits.go",
    "https://grafana.com/docs/loki/latest/operations/storage/retention/",
  ],
  // Only what is too short is set: a longer period elsewhere keeps its data.
  fix(finding, facts, stack) {
    const short = lokiSettings(facts, stack).flatMap(shortPeriods);
    const names = short.map(({ name }) => name).join(" and ") || "limits_config.retention_period";
    const paths = short.length > 0 ? short.map(({ path }) => path) : [["limits_config", "retention_period"]];
    return lokiFix(
      finding,
      facts,
      `Set ${names} to 24h or more`,
      paths.map((path) => ({ path, value: "24h" })),
    );
  },
});

/** 0 is no period: it means for ever (or, before 2.8, at once). */
function shortPeriods({ doc, retentionPeriod }: LokiSettings) {
  const streams = listAt(doc.value, "limits_config", "retention_stream").flatMap((_stream, i) => {
    const period = placedDuration(doc, "limits_config", "retention_stream", i, "period");
    const path = ["limits_config", "retention_stream", i, "period"];
    return period ? [{ ...period, path, name: `limits_config.retention_stream[${i}].period` }] : [];
  });
  const all = [
    ...(retentionPeriod
      ? [
          {
            ...retentionPeriod,
            path: ["limits_config", "retention_period"],
            name: "limits_config.retention_period",
          },
        ]
      : []),
    ...streams,
  ];
  return all.filter(({ value }) => value > 0 && value < day);
}
