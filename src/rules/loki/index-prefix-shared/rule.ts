// Two index types in one table.
import type { LokiPeriod } from "../../../stack/loki-config.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/index-prefix-shared",
  title:
    "Loki finds index files of another type in a tsdb table: two schema periods share index prefix and day",
  why: "The table is named by the period's index prefix and the day. When a tsdb period begins on a day that boltdb-shipper has already written (a from date of today or of the past) and both have the same prefix, tsdb reads boltdb files: invalid tsdb path, and the store does not start.",
  severity: "critical",
  component: "loki",
  layer: "config",
  nature: "cause",
  effect: "down",
  phase: "storage",
  texts: ["invalid tsdb path: {path}"],
  from: ["loki"],
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    for (const settings of lokiSettings(facts, stack, hit.component)) {
      const pair = sharing(settings.periods);
      if (!pair) continue;
      const [old, young] = pair;
      return {
        holds: true,
        proof: [young.indexPrefix?.at ?? young.at, old.indexPrefix?.at ?? old.at],
        says: `The tsdb period${young.from ? ` from ${young.from.value}` : ""} has the same index prefix ${young.indexPrefix?.value} as the ${old.store?.value} period before it and begins on a day that already has ${old.store?.value} files: the from date of a new period must lie in the future, better with a prefix of its own`,
      };
    }
    return {};
  },
  says: ({ captures }) =>
    `${(captures.path ?? "").replace(/[\\"]+.*$/, "")} is no tsdb index: boltdb-shipper has written into the table that the tsdb period reads, because the new schema_config period has the same index prefix and a from date that is not in the future`,
  decideWith: "grep -n -A8 'schema_config' loki.yaml; ls CACHE_LOCATION/INDEX_TABLE",
  references: [
    "https://grafana.com/docs/loki/latest/operations/storage/schema/",
    "https://github.com/grafana/loki/issues/10855",
  ],
  fix: () => ({
    summary:
      "Give the tsdb period a from date in the future (tomorrow, UTC) and an index prefix of its own (loki_tsdb_index_), then delete the cached table directory and restart",
    risk: "disruptive",
    steps: [
      { do: "by-hand", title: "Move the new period's from date, change index.prefix, clear the index cache" },
    ],
  }),
});

function sharing(periods: readonly LokiPeriod[]): readonly [LokiPeriod, LokiPeriod] | undefined {
  for (const [index, young] of periods.entries()) {
    const old = periods[index - 1];
    if (!old || young.store?.value !== "tsdb" || !old.store || old.store.value === "tsdb") continue;
    if (young.indexPrefix && young.indexPrefix.value === old.indexPrefix?.value) return [old, young];
  }
  return undefined;
}
