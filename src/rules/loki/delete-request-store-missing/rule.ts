// Retention is on, but nobody said where delete requests are kept; fatal since 3.0.
import { isAtLeast } from "../../../stack/semver.ts";
import { lokiFix } from "../../loki-fix.ts";
import { type LokiSettings, lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/delete-request-store-missing",
  title: "Loki's retention is enabled without compactor.delete_request_store",
  why: "Since 3.0 the compactor needs to know the store in which it keeps delete requests as soon as retention_enabled is true; without it the configuration is invalid and Loki exits.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "delete-request-store should be configured when retention is enabled",
    "delete_request_store should be configured when retention is enabled",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const wrong = settings.find(isMissing);
    if (wrong)
      return { holds: true, proof: [wrong.retentionEnabled.at ?? wrong.doc.at], says: sentence(wrong) };
    return { certainty: "proven" };
  },
  says: () =>
    "compactor.retention_enabled is true, but compactor.delete_request_store is not set: set it to the object_store of the schema (filesystem, s3, gcs, azure)",
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((entry) =>
      isMissing(entry) && isAtLeast(entry.version, "3.0.0") === true && entry.doc.origin === "file"
        ? [
            {
              ...subjectOf(entry),
              says: sentence(entry),
              proof: [entry.retentionEnabled.at ?? entry.doc.at],
              certainty: entry.isWhole ? ("proven" as const) : ("likely" as const),
            },
          ]
        : [],
    ),
  decideWith: "loki -verify-config=true -config.file=/etc/loki/local-config.yaml",
  references: [
    "https://github.com/grafana/loki/issues/12588",
    "https://github.com/grafana/loki/blob/main/pkg/compactor/config.go",
  ],
  fix(finding, facts, stack) {
    const store = lokiSettings(facts, stack).flatMap(storeOf)[0] ?? "filesystem";
    return lokiFix(
      finding,
      facts,
      `Set compactor.delete_request_store: ${store}, the same store as object_store in schema_config`,
      [{ path: ["compactor", "delete_request_store"], value: store }],
    );
  },
});

function isMissing(settings: LokiSettings): boolean {
  return settings.retentionEnabled.value && settings.deleteRequestStore === undefined;
}

function storeOf(settings: LokiSettings): readonly string[] {
  const store = settings.periods.at(-1)?.objectStore?.value;
  return store === undefined ? [] : [store];
}

function sentence(settings: LokiSettings): string {
  const [store] = storeOf(settings);
  return `compactor.retention_enabled is true, but compactor.delete_request_store is not set: set compactor.delete_request_store: ${store ?? "filesystem, s3, gcs or azure"}${store ? ", the object_store of the schema" : ", like the object_store of the schema"}`;
}
