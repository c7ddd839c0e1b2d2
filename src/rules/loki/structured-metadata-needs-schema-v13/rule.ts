// Loki 3 stores structured metadata by default and refuses to start on an index that cannot.
import { isAtLeast } from "../../../stack/semver.ts";
import { lokiFix } from "../../loki-fix.ts";
import { type LokiSettings, lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/structured-metadata-needs-schema-v13",
  title: "Loki 3 does not start: structured metadata needs schema v13 and the tsdb index",
  why: "Since 3.0 allow_structured_metadata is true by default. If the active schema_config period is older than v13 or uses another store than tsdb (boltdb-shipper), the validation of the configuration fails and Loki exits. Typical after a move from 2.x or of the tag latest.",
  severity: "critical",
  component: "loki",
  layer: "version",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "schema v13 is required to store Structured Metadata",
    "index type is required to store Structured Metadata",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const old = settings.find((entry) => outdated(entry) !== undefined);
    const fault = old ? outdated(old) : undefined;
    if (old && fault)
      return { holds: true, proof: fault.proof, says: sentence(fault.schema, fault.store, old.version) };
    const isSwitchedOff = settings.some(
      (entry) => entry.structuredMetadata.at && !entry.structuredMetadata.value,
    );
    return isSwitchedOff ? { holds: false } : { certainty: "proven" };
  },
  says: () =>
    "allow_structured_metadata is on (the default since Loki 3.0), but the active schema_config period is not schema v13 with store tsdb: set limits_config.allow_structured_metadata: false, then add a v13 period",
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((entry) => {
      const fault = isAtLeast(entry.version, "3.0.0") === true ? outdated(entry) : undefined;
      return fault
        ? [
            {
              ...subjectOf(entry),
              says: sentence(fault.schema, fault.store, entry.version),
              proof: [...fault.proof, ...(entry.owner?.versionAt ? [entry.owner.versionAt] : [])],
              certainty: entry.isWhole ? ("proven" as const) : ("likely" as const),
            },
          ]
        : [];
    }),
  rivals: [
    {
      rule: "loki/config-field-unknown",
      tellApart: "a removed field stops the parser before anything is validated",
    },
  ],
  decideWith: "loki -verify-config=true -config.file=/etc/loki/local-config.yaml",
  references: [
    "https://grafana.com/docs/loki/latest/setup/upgrade/",
    "https://github.com/grafana/loki/blob/main/pkg/loki/validation.go",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Set limits_config.allow_structured_metadata: false; then add a schema_config period with a future from date, store: tsdb, schema: v13 (never edit a past period)",
      [{ path: ["limits_config", "allow_structured_metadata"], value: false }],
    ),
});

interface Outdated {
  readonly schema: string;
  readonly store: string;
  readonly proof: LokiSettings["periods"][number]["at"][];
}

/** The last period is the one in force, unless it begins in the future, which cannot be told here. */
function outdated(settings: LokiSettings): Outdated | undefined {
  if (!settings.structuredMetadata.value && settings.structuredMetadata.at) return undefined;
  const last = settings.periods.at(-1);
  const schema = last?.schema?.value;
  const store = last?.store?.value;
  if (!last || schema === undefined) return undefined;
  const version = Number(/^v(\d+)$/.exec(schema)?.[1] ?? Number.NaN);
  if (!(version < 13) && (store === undefined || store === "tsdb")) return undefined;
  return {
    schema,
    store: store ?? "",
    proof: [last.schema?.at ?? last.at, ...(last.store && store !== "tsdb" ? [last.store.at] : [])],
  };
}

function sentence(schema: string, store: string, version: string | undefined): string {
  return `schema_config ends with schema ${schema}${store ? ` and store ${store}` : ""}, but ${version ? `Loki ${version}` : "Loki 3"} has allow_structured_metadata on by default, which needs schema v13 and store tsdb: set limits_config.allow_structured_metadata: false, then add a v13 period`;
}
