// Only one data source per organisation may be the default, over all files.
import type { GrafanaDatasource } from "../../../model/api.ts";
import type { ConfigDocument } from "../../../model/config.ts";
import { compilePattern } from "../../../model/pattern.ts";
import type { DocumentEdit, Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, textAt, valueAt } from "../../../stack/config-value.ts";
import { sameProvisioning } from "../../../stack/provisioned.ts";
import { editStep, filesOf, ownerOf, readAgain, repair } from "../../change-configuration.ts";
import { matches } from "../../line-match.ts";

const texts = [
  "Only one datasource per organization can be marked as default",
  // before 5.3 the limit was over all organisations
  "Only one datasource can be marked as default",
];
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
  uses: ["config.documents", "kubernetes.objects"],
  texts,
  decideWith: "grep -rn 'isDefault: true' /etc/grafana/provisioning/datasources",
  references: ["https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources"],
  check({ "grafana.datasources": sources, "config.documents": documents, "text.lines": lines }, stack) {
    const line = lines.findLast((entry) => matches(patterns, entry));
    const defaults = sources.filter((source) => source.origin === "provisioned" && source.isDefault);
    const [first, second] = clash(defaults, documents, line !== undefined) ?? [];
    if (!line && !second) return [];
    const grafana = stack.components.find((component) => component.kind === "grafana");
    return [
      {
        subject: { kind: "component", id: grafana?.id ?? "grafana" },
        says:
          first && second
            ? `Data sources ${first.name} and ${second.name} both have isDefault: true in one organisation`
            : line && !/per organi[sz]ation/i.test(line.text)
              ? "More than one provisioned data source has isDefault: true: this Grafana (before 5.3) allows one over all organisations together"
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
  fix: (finding, facts, stack) =>
    repair("Keep the first default of each organisation", "disruptive", [
      ...oneDefault(filesOf(facts, "grafana-datasources")),
      ...readAgain(ownerOf(finding, stack)),
    ]) ?? {
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
    },
});

/** Two defaults of one organisation that one Grafana reads: a repository may hold the stacks of several. */
function clash(
  defaults: readonly GrafanaDatasource[],
  documents: readonly ConfigDocument[],
  isReported: boolean,
): readonly [GrafanaDatasource, GrafanaDatasource] | undefined {
  const gathered = new Set(
    documents.filter((doc) => doc.embeddedIn || doc.fragment).map(({ at }) => at.source),
  );
  const place = ({ at }: GrafanaDatasource) => ({ source: at.source, isEmbedded: gathered.has(at.source) });
  for (const [i, first] of defaults.entries()) {
    const second = defaults
      .slice(i + 1)
      .find(
        (other) =>
          other.name !== first.name &&
          (other.orgId ?? 1) === (first.orgId ?? 1) &&
          (isReported || sameProvisioning(place(first), place(other))),
      );
    if (second) return [first, second];
  }
  return undefined;
}

function oneDefault(documents: readonly ConfigDocument[]): readonly Step[] {
  const taken = new Map<string, string>();
  return documents.flatMap((doc): Step[] => {
    const edits = listAt(doc.value, "datasources").flatMap((source, i): DocumentEdit[] => {
      if (valueAt(source, "isDefault") !== true) return [];
      const organisation = textAt(source, "orgId") ?? "1";
      const name = textAt(source, "name") ?? "";
      // The same data source may be described by its file and by the ConfigMap it came from.
      if (!taken.has(organisation)) taken.set(organisation, name);
      return taken.get(organisation) === name
        ? []
        : [{ op: "replace", path: ["datasources", i, "isDefault"], value: false, expect: true }];
    });
    return edits.length > 0 ? [editStep(doc, "Let one data source be the default", edits)] : [];
  });
}
