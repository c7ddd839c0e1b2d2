// Only one data source per organisation may be the default, over all files.

import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { matches } from "../../text-rule.ts";

const texts = ["Only one datasource per organization can be marked as default"];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "grafana/two-default-datasources",
  title: "Two provisioned data sources of one organisation have isDefault: true, so Grafana does not start",
  why: "Over all provisioning files, those of sidecars included, only one data source per organisation may be the default. Charts that each bring one (loki-stack and kube-prometheus-stack) collide here.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: [],
  needsAny: ["grafana.datasources", "text.lines"],
  texts,
  decideWith: "grep -rn 'isDefault: true' /etc/grafana/provisioning/datasources",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources"],
  check({ "grafana.datasources": sources, "text.lines": lines }, stack) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    const defaults = sources.filter((source) => source.origin === "provisioned" && source.isDefault);
    const [first] = defaults;
    const second = defaults.find(
      (source) =>
        source !== first && source.name !== first?.name && (source.orgId ?? 1) === (first?.orgId ?? 1),
    );
    if (!line && !second) return [];
    const grafana = stack.components.find((component) => component.kind === "grafana");
    return [
      {
        subject: { kind: "component", id: grafana?.id ?? "grafana" },
        says:
          first && second
            ? `Data sources ${first.name} and ${second.name} both have isDefault: true in one organisation`
            : "More than one provisioned data source has isDefault: true (one of them may come from a chart's sidecar ConfigMap)",
        proof: [
          ...(first && second ? [first.at, second.at] : []),
          ...(line ? [{ ...line.at, excerpt: line.text }] : []),
        ],
        certainty: "proven",
        ...(line?.timeMs === undefined ? {} : { timeMs: line.timeMs }),
      },
    ];
  },
  fix: () => ({
    summary:
      "Set isDefault: false in all but one (charts: loki.isDefault: false, sidecar.datasources.isDefaultDatasource: false)",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Find them",
        command: "grep -rn 'isDefault: true' /etc/grafana/provisioning/datasources",
      },
    ],
  }),
});
