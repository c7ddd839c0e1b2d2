// Exported for sharing, then put into a provisioning folder.
import type { FindingDraft } from "../../../model/finding.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, textAt } from "../../../stack/config-value.ts";
import { isProvisioned } from "../../../stack/provisioned.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "Datasource ${DS_",
  "Data source used by alert rule not found",
  "Templating init failed",
  "datasource=DS_",
  "datasource named ${DS_",
];
const patterns = texts.map(compilePattern);

export const rule = defineRule({
  id: "grafana/dashboard-input-unresolved",
  title:
    "A provisioned dashboard still contains import variables (${DS_…} and __inputs) that only a manual import resolves",
  why: "A dashboard exported for sharing asks for its data sources on import in the user interface. File provisioning does not ask: the panels look for a data source with the literal name ${DS_…}.",
  severity: "warning",
  component: "grafana",
  layer: "dashboards",
  nature: "cause",
  effect: "no-answer",
  needs: [],
  needsAny: ["config.documents", "text.lines"],
  texts,
  decideWith: "grep -ln '__inputs' /var/lib/grafana/dashboards/*.json",
  references: [
    "https://github.com/grafana/grafana/issues/10786",
    "https://grafana.com/docs/grafana/latest/administration/provisioning/#dashboards",
  ],
  check({ "config.documents": documents, "text.lines": lines }, stack) {
    const line = lines.findLast(
      (entry) =>
        (entry.component === "grafana" || !entry.component) &&
        matches(patterns, entry) &&
        /DS_|alert rule not found|Templating/.test(entry.text),
    );
    const findings: FindingDraft[] = [];
    for (const document of documents) {
      if (document.kind !== "grafana-dashboard") continue;
      // A variable of the dashboard itself may bear the same name: that one is resolved.
      const own = listAt(document.value, "templating", "list").map((entry) => textAt(entry, "name"));
      const input = listAt(document.value, "__inputs")
        .map((entry) => textAt(entry, "name"))
        .find((name) => name && !own.includes(name) && document.text.includes(`\${${name}}`));
      if (!input || (!line && !isProvisioned(document, documents, stack))) continue;
      findings.push({
        subject: { kind: "file", id: document.embeddedIn?.key ?? document.at.source },
        says: `Dashboard ${textAt(document.value, "title") ?? document.at.source} was exported for sharing: it uses \${${input}} from __inputs, which provisioning does not resolve`,
        proof: [placeOf(document, "__inputs"), ...(line ? [{ ...line.at, excerpt: line.text }] : [])],
        certainty: "proven",
      });
    }
    if (findings.length > 0 || !line || !/DS_/.test(line.text)) return findings;
    return [
      {
        subject: { kind: "component", id: "grafana" },
        says: `A dashboard refers to ${line.text.match(/DS_\w+/)?.[0]}, an import variable that provisioning does not resolve`,
        proof: [{ ...line.at, excerpt: line.text }],
        certainty: "likely",
      },
    ];
  },
  fix: () => ({
    summary: "Replace ${DS_…} by the data source's uid or a data source template variable, and drop __inputs",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "In the file",
        command: "sed -i 's/${DS_PROMETHEUS}/prometheus/g' DASHBOARD.json",
      },
    ],
  }),
});
