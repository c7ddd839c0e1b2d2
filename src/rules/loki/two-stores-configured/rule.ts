// common.storage names two backends.
import type { ConfigDocument } from "../../../model/config.ts";
import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import { placeOf, valueAt } from "../../../stack/config-value.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

const backends = ["s3", "gcs", "azure", "alibabacloud", "bos", "swift", "filesystem", "cos"];

export const rule = textRule({
  id: "loki/two-stores-configured",
  title: "Loki's common.storage defines more than one storage backend",
  why: "common.storage is the default of every module and may hold one backend only. Examples keep filesystem and people add s3 (or gcs, azure) beside it: Loki exits with too many storage configs.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: ["too many storage configs provided in the common config"],
  from: "any",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const doc = lokiSettings(facts, stack, hit.component)
      .map((settings) => settings.doc)
      .find((candidate) => storesOf(candidate).length > 1);
    return doc ? { holds: true, says: saysOf(doc), proof: placesOf(doc) } : { holds: true };
  },
  says: () =>
    "common.storage has more than one storage backend (such as filesystem and s3): keep the one that schema_config's object_store names",
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((settings): FindingDraft[] =>
      settings.doc.origin === "running" || storesOf(settings.doc).length < 2
        ? []
        : [
            {
              ...subjectOf(settings),
              says: saysOf(settings.doc),
              proof: placesOf(settings.doc),
              certainty: "proven",
            },
          ],
    ),
  references: [
    "https://github.com/grafana/loki/blob/main/pkg/loki/config_wrapper.go",
    "https://grafana.com/docs/loki/latest/operations/troubleshooting/",
  ],
  fix(finding, facts, stack) {
    const settings = lokiSettings(facts, stack).find(({ doc }) => storesOf(doc).length > 1);
    const used = settings?.periods.at(-1)?.objectStore?.value;
    const surplus = settings
      ? storesOf(settings.doc).filter((store) => used !== undefined && !isSame(store, used))
      : [];
    return lokiFix(
      finding,
      facts,
      `Keep one backend in common.storage${used ? `: ${used}, as schema_config's object_store says` : ""}, and remove the other${surplus.length > 0 ? ` (${surplus.join(", ")})` : ""}`,
      surplus.map((store) => ({ path: ["common", "storage", store] })),
    );
  },
});

function isSame(store: string, objectStore: string): boolean {
  return store === objectStore || (store === "s3" && objectStore === "aws");
}

/** A block without values equals the defaults and does not count. */
function storesOf(doc: ConfigDocument): readonly string[] {
  return backends.filter((name) => {
    const block = valueAt(doc.value, "common", "storage", name);
    return isRecord(block) && Object.values(block).some((value) => value !== null && value !== "");
  });
}

function saysOf(doc: ConfigDocument): string {
  return `common.storage defines ${storesOf(doc).join(" and ")}; only one storage backend may stand there`;
}

function placesOf(doc: ConfigDocument) {
  return storesOf(doc).map((name) => placeOf(doc, "common", "storage", name));
}
