// The checks of the Loki chart refuse the values before anything is installed.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { numberAt, placeOf, textAt, valueAt } from "../../../stack/config-value.ts";
import type { Path } from "../../../stack/setting.ts";
import { textRule } from "../../text-rule.ts";

const scalable = ["read", "write", "backend"] as const;

export const rule = textRule({
  id: "loki/chart-modes-mixed",
  title:
    "The Loki chart refuses its values: deployment modes are mixed, or schema or object storage is missing",
  why: "Since version 6 the chart needs deploymentMode, zero replicas for the targets of every other mode (read, write and backend default to 3), and a schemaConfig; scalable and distributed modes need an object store. Helm prints the contradiction and changes nothing, so an old release keeps running.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "schedule",
  from: "any",
  texts: [
    "You have more than zero replicas configured for both",
    "You must provide a schema_config for Loki",
    "Cannot run scalable targets (backend, read, write) or distributed targets without an object storage backend",
    // chart 4.x
    "Cannot run Scalable targets (backend, read, write) without an object storage backend",
    "Cannot run more than 1 Single Binary replica without an object storage backend",
  ],
  uses: ["config.documents"],
  confirm(hit, facts) {
    if (!/more than zero replicas/i.test(hit.line.text)) return { holds: true };
    const found = facts["config.documents"].map(replicasOf).find((entry) => entry !== undefined);
    if (!found) return { holds: true };
    const others = scalable.filter((name) => found.targets[name] !== 0);
    return {
      holds: true,
      proof: found.places,
      says: `singleBinary.replicas is ${found.single ?? "above zero"} while ${others.join(", ")} ${others.length > 1 ? "have" : "has"} replicas too (the chart's default is 3): set deploymentMode: SingleBinary and read.replicas, write.replicas, backend.replicas to 0`,
    };
  },
  says: ({ line }) => words(line.text),
  fromFiles: (facts) =>
    facts["config.documents"].flatMap((doc): FindingDraft[] => {
      const found = replicasOf(doc);
      if (found?.mode !== "SingleBinary" || (found.single ?? 0) === 0) return [];
      const others = scalable.filter((name) => (found.targets[name] ?? 0) > 0);
      if (others.length === 0) return [];
      return [
        {
          subject: { kind: "component", id: "loki" },
          says: `deploymentMode is SingleBinary with ${found.single} replica, but ${others.map((name) => `${name}.replicas is ${found.targets[name]}`).join(", ")}: the chart refuses more than zero replicas of both; set them to 0`,
          proof: found.places,
          certainty: "proven",
        },
      ];
    }),
  decideWith: "helm template loki grafana/loki -f values.yaml >/dev/null",
  references: [
    "https://github.com/grafana/loki/issues/12658",
    "https://github.com/grafana/loki/issues/12610",
    "https://grafana.com/docs/loki/latest/setup/upgrade/upgrade-to-6x/",
  ],
  fix(finding, facts) {
    const found = facts["config.documents"].map(replicasOf).find((entry) => entry !== undefined);
    if (!/replicas/.test(finding.says) || !found) {
      return {
        summary: /schema/i.test(finding.says)
          ? "Give the chart loki.schemaConfig with the periods the store already has (a new store: from a past date, store: tsdb, schema: v13); for a test loki.useTestSchema: true"
          : /object stor/i.test(finding.says)
            ? "Configure loki.storage.type and its bucket (s3, gcs, azure), or run deploymentMode: SingleBinary with singleBinary.replicas: 1"
            : "Set deploymentMode: SingleBinary, singleBinary.replicas: 1 and read.replicas, write.replicas, backend.replicas: 0",
        risk: "safe",
        steps: [
          {
            do: "by-hand",
            title: "Correct the values, then look whether the chart renders",
            command: "helm template loki grafana/loki -f values.yaml >/dev/null",
          },
        ],
      };
    }
    return {
      summary:
        "Set deploymentMode: SingleBinary, and read.replicas, write.replicas and backend.replicas to 0",
      risk: "safe",
      steps: [
        {
          do: "edit-document",
          title: "One mode only",
          file: found.doc.at,
          edits: [
            { op: "set", path: [...found.base, "deploymentMode"], value: "SingleBinary" },
            ...scalable.map((name) => ({
              op: "set" as const,
              path: [...found.base, name, "replicas"],
              value: 0,
            })),
          ],
        },
        {
          do: "by-hand",
          title: "Install again",
          command: "helm upgrade --install loki grafana/loki -f values.yaml",
        },
      ],
    };
  },
});

function words(text: string): string {
  if (/schema_config/i.test(text))
    return "The Loki chart has no default schema since version 6, and the values set no loki.schemaConfig (for a test: loki.useTestSchema: true)";
  if (/object storage/i.test(text))
    return "The scalable, distributed or replicated mode needs an object storage backend (s3, gcs, azure), and the values use the filesystem: set loki.storage, or deploymentMode: SingleBinary with one replica and zero read, write, backend replicas";
  return "Replicas are configured for two deployment modes at once: set deploymentMode: SingleBinary, singleBinary.replicas: 1 and read.replicas, write.replicas, backend.replicas: 0 (their default is 3)";
}

function replicasOf(doc: ConfigDocument) {
  if (doc.kind !== "helm-values" || doc.origin !== "file") return undefined;
  for (const base of [[], ["loki"]] as readonly Path[]) {
    const single = valueAt(doc.value, ...base, "singleBinary");
    if (!isRecord(single)) continue;
    const targets = Object.fromEntries(
      scalable.map((name) => [name, numberAt(doc.value, ...base, name, "replicas")]),
    );
    const places = [
      placeOf(doc, ...base, "singleBinary", "replicas"),
      ...scalable.filter((name) => targets[name]).map((name) => placeOf(doc, ...base, name, "replicas")),
    ];
    return {
      doc,
      base,
      places,
      targets,
      single: numberAt(single, "replicas"),
      mode: textAt(doc.value, ...base, "deploymentMode"),
    };
  }
  return undefined;
}
