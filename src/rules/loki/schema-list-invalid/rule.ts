// The list of schema periods contradicts itself: dates, index period, version or store.
import type { FindingDraft } from "../../../model/finding.ts";
import type { LokiPeriod } from "../../../stack/loki-config.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings, subjectOf } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

const day = 24 * 60 * 60 * 1000;

export const rule = textRule({
  id: "loki/schema-list-invalid",
  title: "Loki's schema_config is invalid: its periods contradict each other or the index store",
  why: "Loki checks schema_config.configs at start: the from dates must be distinct and increase, tsdb needs index.period: 24h, the schema must be one that exists (v9 to v13), and object_store must name a known store. Anything else ends the process before it reads data.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "config",
  texts: [
    "from time in schemas must be distinct and in increasing order",
    "must always have periodic config for index set to 24h",
    "boltdb-shipper works best with 24h periodic index config",
    "the table period must be a multiple of 24h",
    "invalid schema version",
    "must specify at least one schema configuration",
    "unrecognized `object_store` type",
    "unrecognized object_store type",
  ],
  uses: ["config.documents"],
  from: ["loki"],
  confirm(hit, facts, stack) {
    const fault = lokiSettings(facts, stack, hit.component)
      .map(({ periods }) => faultOf(periods))
      .find((found) => found !== undefined);
    return fault ? { holds: true, says: fault.says, proof: fault.proof } : { holds: true };
  },
  says: ({ line }) => words(line.text),
  fromFiles: (facts, stack) =>
    lokiSettings(facts, stack).flatMap((settings): FindingDraft[] => {
      if (settings.doc.origin === "running") return [];
      const fault = faultOf(settings.periods);
      return fault ? [{ ...subjectOf(settings), ...fault, certainty: "proven" }] : [];
    }),
  rivals: [
    {
      rule: "loki/structured-metadata-needs-schema-v13",
      tellApart: "there the list is right but too old for structured metadata",
    },
  ],
  decideWith: "loki -verify-config=true -config.file=/etc/loki/local-config.yaml",
  references: [
    "https://github.com/grafana/loki/blob/main/pkg/storage/config/schema_config.go",
    "https://grafana.com/docs/loki/latest/configure/storage/#schema-config",
  ],
  fix(finding, facts, stack) {
    const bad = lokiSettings(facts, stack)
      .flatMap(({ periods }) => periods)
      .find((period) => period.store?.value === "tsdb" && (period.indexPeriod?.value ?? day) !== day);
    return lokiFix(
      finding,
      facts,
      bad
        ? "Set index.period: 24h in that period of schema_config"
        : "Correct the newest period of schema_config (a later from date, index.period: 24h, schema: v13, a known object_store); leave the periods that already hold data as they are",
      bad ? [{ path: [...bad.path, "index", "period"], value: "24h" }] : [],
    );
  },
});

function words(text: string): string {
  if (/increasing order/i.test(text))
    return "Two periods of schema_config.configs have the same from date, or they are not in increasing order";
  if (/24h/.test(text))
    return "A period of schema_config has an index period other than 24h: set index.period: 24h";
  if (/schema version/i.test(text))
    return "A period of schema_config names a schema version that does not exist: use schema: v13";
  if (/at least one schema/i.test(text))
    return "schema_config.configs is empty: Loki needs at least one period";
  return "A period of schema_config names an object_store that does not exist (filesystem, s3, gcs, azure, …)";
}

function faultOf(periods: readonly LokiPeriod[]): Pick<FindingDraft, "says" | "proof"> | undefined {
  for (const [index, period] of periods.entries()) {
    const before = periods[index - 1]?.from;
    const from = period.from;
    if (before && from && isDate(before.value) && isDate(from.value) && from.value <= before.value)
      return {
        says: `schema_config.configs is out of order: the period from ${from.value} stands after the one from ${before.value}; from dates must be distinct and in increasing order`,
        proof: [from.at, before.at],
      };
    if (period.store?.value === "tsdb" && period.indexPeriod && period.indexPeriod.value !== day)
      return {
        says: `The tsdb period${from ? ` from ${from.value}` : ""} has an index period of ${period.indexPeriod.value / 3_600_000}h, but tsdb must always have index.period: 24h`,
        proof: [period.indexPeriod.at],
      };
    if (
      period.schema &&
      !/^v(?:[1-9]|1[0-3])$/.test(period.schema.value) &&
      /^v?\d+$/.test(period.schema.value)
    )
      return {
        says: `schema ${period.schema.value} does not exist: the newest is v13`,
        proof: [period.schema.at],
      };
  }
  return undefined;
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text);
}
