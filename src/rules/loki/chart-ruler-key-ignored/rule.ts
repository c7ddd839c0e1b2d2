// A block of the values that the chart does not read.
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { placeOf, valueAt } from "../../../stack/config-value.ts";

export const rule = defineRule({
  id: "loki/chart-ruler-key-ignored",
  title:
    "The ruler's settings stand below loki.ruler, which the Loki chart does not read: the key is loki.rulerConfig",
  why: "The grafana/loki chart writes the block loki.rulerConfig into Loki's configuration as ruler. A block loki.ruler is silently ignored by Helm, so alertmanager_url, storage and rules have no effect: the rules API shows no groups and log alerts never fire.",
  severity: "warning",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "none",
  needs: ["config.documents"],
  references: [
    "https://github.com/grafana/loki/issues/17832",
    "https://github.com/grafana/loki/blob/main/production/helm/loki/values.yaml",
  ],
  decideWith: "curl -s http://LOKI:3100/config | grep -A12 '^ruler:'",
  check: (facts) =>
    facts["config.documents"].flatMap((doc): FindingDraft[] => {
      if (doc.kind !== "helm-values" || doc.origin !== "file") return [];
      const loki = valueAt(doc.value, "loki");
      const ruler = valueAt(loki, "ruler");
      if (!isRecord(loki) || !isRecord(ruler) || !isChart(loki)) return [];
      const keys = ["alertmanager_url", "storage", "rule_path", "enable_api", "ring"].filter(
        (key) => key in ruler,
      );
      if (keys.length === 0 || "rulerConfig" in loki) return [];
      return [
        {
          subject: { kind: "component", id: "loki" },
          says: `loki.ruler (${keys.join(", ")}) in the values is no key of the chart and is ignored: rename it to loki.rulerConfig`,
          proof: [placeOf(doc, "loki", "ruler")],
          certainty: "proven",
        },
      ];
    }),
  fix(_finding, facts) {
    const doc = facts["config.documents"].find((entry) => isRecord(valueAt(entry.value, "loki", "ruler")));
    if (!doc) return undefined;
    return {
      summary: "Rename loki.ruler to loki.rulerConfig in the values",
      risk: "safe",
      steps: [
        {
          do: "edit-document",
          title: "The key the chart reads",
          file: doc.at,
          edits: [
            { op: "set", path: ["loki", "rulerConfig"], value: valueAt(doc.value, "loki", "ruler") },
            { op: "remove", path: ["loki", "ruler"] },
          ],
        },
        {
          do: "by-hand",
          title: "Apply it",
          command: "helm upgrade LOKI grafana/loki -n NAMESPACE -f values.yaml",
        },
      ],
    };
  },
});

/** Keys only the grafana/loki chart has below `loki`; other charts have a block `ruler` of their own. */
function isChart(loki: Readonly<Record<string, unknown>>): boolean {
  return [
    "commonConfig",
    "schemaConfig",
    "useTestSchema",
    "auth_enabled",
    "limits_config",
    "storage",
    "structuredConfig",
  ].some((key) => key in loki);
}
