// A key that this Loki does not know any more, does not know yet, or that stands in the wrong place: strict YAML, fatal.
import type { ConfigDocument } from "../../../model/config.ts";
import type { Place } from "../../../model/place.ts";
import { settingChanges } from "../../../stack/settings-by-version.ts";
import { unknownKeys } from "../../../stack/version-check.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

/** Go types of Loki's configuration in which unknown fields are reported, as far as no other program of the stack has them. */
const lokiTypes =
  /^(?:loki\.|compactor\.|validation\.|ingester\.|boltdb\.|storage\.|schema|queryrange\.|querier\.|ruler\.|worker\.|distributor\.|frontend\.|scheduler\.|lokifrontend|indexshipper|aws\.|gcp\.|local\.|hedging\.|bloom|index(?:gateway)?\.|common\.|ring\.|config\.(?:ChunkStoreConfig|SchemaConfig|PeriodConfig|StorageConfig))/;

/** Top-level blocks that came later; before 2.0 the type of the whole file was `main.Config`. */
const lokiBlocks =
  /^(?:ruler|compactor|common|pattern_ingester|query_scheduler|analytics|table_manager|chunk_store_config|limits_config|storage_config)$/;

export const rule = textRule({
  id: "loki/config-field-unknown",
  title: "Loki's configuration has a field that this version does not know",
  why: "Loki parses its file strictly: one field that was removed, that needs a newer version, or that stands in the wrong block makes the whole file invalid, and the process exits. Typical after the tag latest moved from 2.9 to 3.x.",
  severity: "critical",
  component: "loki",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["field {field} not found in type {type}"],
  from: ["loki"],
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const fields = fieldsOf(hit);
    const isLoki =
      hit.line.component === "loki" ||
      fields.some(
        ({ type, field }) => lokiTypes.test(type) || (type === "main.Config" && lokiBlocks.test(field)),
      ) ||
      /loki/i.test(hit.line.text);
    if (!isLoki) return { holds: false };
    const places = lokiSettings(facts, stack, hit.component).flatMap(({ doc }) =>
      fields.flatMap(({ field }) => placeOfKey(doc, field) ?? []),
    );
    return { holds: true, proof: places };
  },
  says: (hit) => `${fieldsOf(hit).map(fieldWords).join("; ")}: Loki refuses the whole file`,
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((entry) => {
      if (entry.doc.origin === "running") return [];
      const unknown = unknownKeys(entry.doc, "loki", entry.version);
      if (unknown.length === 0) return [];
      const words = unknown.map(
        ({ change, why }) =>
          `${change.name} ${why === "removed" ? `was removed in ${change.removedIn}` : `exists only since ${change.addedIn}`}${change.replacement ? ` (use ${change.replacement})` : ""}`,
      );
      return [
        {
          ...subjectOf(entry),
          says: `Loki ${entry.version} does not know these fields and refuses the file: ${words.join("; ")}`,
          proof: [...unknown.map(({ at }) => at), ...(entry.owner?.versionAt ? [entry.owner.versionAt] : [])],
          certainty: "proven" as const,
        },
      ];
    }),
  rivals: [
    {
      rule: "loki/environment-not-expanded",
      tellApart:
        "the advice about -config.expand-env is printed after every parse error; it only matters when the file has environment variables",
    },
  ],
  decideWith: "loki -verify-config=true -config.file=/etc/loki/local-config.yaml",
  references: [
    "https://grafana.com/docs/loki/latest/setup/upgrade/",
    "https://github.com/grafana/loki/blob/main/tools/deprecated-config-checker/deleted-config.yaml",
  ],
  fix(finding, facts, stack) {
    const changes = lokiSettings(facts, stack).flatMap(({ doc, version }) => [
      ...unknownKeys(doc, "loki", version).map(({ path }) => ({ path })),
    ]);
    const named = [...finding.says.matchAll(/field (\S+) /g)].map((match) => match[1]);
    const list = named.length > 0 ? named.join(", ") : "the fields named";
    return changes.length > 0
      ? lokiFix(
          finding,
          facts,
          "Remove or rename the fields this Loki does not know, or pin the image to the version the file was written for",
          changes,
        )
      : {
          summary: `Remove, rename or move ${list} in Loki's configuration, or pin the image to the version the file was written for (instead of latest)`,
          risk: "disruptive",
          steps: [
            { do: "by-hand", title: `Take ${list} out of the file` },
            {
              do: "by-hand",
              title: "Check the file",
              command: "loki -verify-config=true -config.file=/etc/loki/local-config.yaml",
            },
          ],
        };
  },
});

interface Field {
  readonly field: string;
  readonly type: string;
}

/** One parse error lists several fields, in one line or one line each. */
function fieldsOf(hit: TextHit): readonly Field[] {
  const found = new Map<string, Field>();
  for (const line of hit.lines.slice(-40)) {
    const text = line.text.slice(0, 20_000);
    for (const [, field = "", type = ""] of text.matchAll(
      /field ([\w.-]{1,100}) not found in type ([\w.]{0,100}\w)/g,
    ))
      found.set(field, { field, type });
  }
  return [...found.values()];
}

function fieldWords({ field, type }: Field): string {
  const block = type.split(".")[0] ?? "";
  const known = settingChanges.filter(
    (change) =>
      change.component === "loki" && change.what === "key" && change.name.split(".").at(-1) === field,
  );
  const best = known.find((change) => change.name.startsWith(block)) ?? known[0];
  if (best?.removedIn)
    return `field ${field} not found in ${type}: ${best.name} was removed in Loki ${best.removedIn}${best.replacement ? `, use ${best.replacement}` : ""}`;
  if (best?.addedIn)
    return `field ${field} not found in ${type}: ${best.name} needs Loki ${best.addedIn} or newer`;
  return `field ${field} not found in ${type}: renamed, misplaced, or not known to this version`;
}

function placeOfKey(doc: ConfigDocument, field: string): Place | undefined {
  const pointer = Object.keys(doc.lines).find((key) => key.endsWith(`/${field}`));
  return pointer === undefined ? undefined : { source: doc.at.source, line: doc.lines[pointer] ?? 1 };
}
