// The chart makes one file per key of `datasources`; a list has no keys that are file names.
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { defineRule } from "../../../model/rule.ts";
import { placeOf, valueAt } from "../../../stack/config-value.ts";

export const rule = defineRule({
  id: "grafana/chart-datasources-shape",
  title:
    "The Grafana chart's datasources value is a plain list; the chart needs a file name (datasources.yaml) above it",
  why: "The chart writes each key of datasources as a file into /etc/grafana/provisioning/datasources: datasources.yaml: with apiVersion: 1 and the list below it. With the list directly under datasources no such file is made and the mount with that subPath becomes a directory: Datasource provisioning error: read …: is a directory.",
  severity: "critical",
  component: "grafana",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  needs: ["config.documents"],
  decideWith: "helm template RELEASE grafana/grafana -f values.yaml | grep -A12 'datasources.yaml'",
  references: ["https://github.com/helm/charts/issues/6728"],
  check: (facts) =>
    facts["config.documents"].flatMap((doc): FindingDraft[] => {
      // A fragment was lifted out of a key whose value is a list by right, like additionalDataSources.
      if (doc.origin !== "file" || doc.fragment || !isValues(doc.kind, doc.at.source)) return [];
      return [["datasources"], ["grafana", "datasources"]].flatMap((path): FindingDraft[] => {
        const value = valueAt(doc.value, ...path);
        const isList =
          Array.isArray(value) &&
          value.length > 0 &&
          value.every((entry) => isRecord(entry) && "type" in entry);
        const isFile = isRecord(doc.value) && "apiVersion" in doc.value;
        if (!isList || isFile) return [];
        return [
          {
            subject: { kind: "component", id: "grafana" },
            says: `${path.join(".")} in the values is a list of data sources; the chart reads ${path.join(".")}."datasources.yaml" with apiVersion: 1 and datasources: [...] below it, so no such file is made`,
            proof: [placeOf(doc, ...path)],
            certainty: "proven",
          },
        ];
      });
    }),
  fix(_finding, facts) {
    const doc = facts["config.documents"].find(
      (entry) => entry.origin === "file" && Array.isArray(valueAt(entry.value, "datasources")),
    );
    const summary = "Put the list below datasources.datasources.yaml: {apiVersion: 1, datasources: [...]}";
    if (!doc) return { summary, risk: "safe", steps: [{ do: "by-hand", title: summary }] };
    return {
      summary,
      risk: "safe",
      steps: [
        {
          do: "edit-document",
          title: summary,
          file: doc.at,
          edits: [
            {
              op: "set",
              path: ["datasources"],
              value: {
                "datasources.yaml": { apiVersion: 1, datasources: valueAt(doc.value, "datasources") },
              },
            },
          ],
        },
        { do: "by-hand", title: "Apply it", command: "helm upgrade RELEASE grafana/grafana -f values.yaml" },
      ],
    };
  },
});

function isValues(kind: string, source: string): boolean {
  return kind === "helm-values" || /values[\w.-]*\.ya?ml/i.test(source);
}
