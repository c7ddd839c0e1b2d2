// A query that is longer, wider or larger than its limit.
import { lokiFix } from "../../loki-fix.ts";
import type { TextHit } from "../../text-hit.ts";
import { textRule } from "../../text-rule.ts";

interface Limit {
  readonly mark: RegExp;
  readonly key: string;
  readonly preset: string;
  readonly what: string;
  readonly value: unknown;
}

const limits: readonly Limit[] = [
  {
    mark: /time range exceeds the limit/i,
    key: "max_query_length",
    preset: "721h",
    what: "The time range of a query exceeds limits_config.max_query_length",
    value: "2165h",
  },
  {
    mark: /max entries limit per query exceeded/i,
    key: "max_entries_limit_per_query",
    preset: "5000",
    what: "A query asks for more lines than limits_config.max_entries_limit_per_query",
    value: 10000,
  },
  {
    mark: /maximum (?:number )?of series/i,
    key: "max_query_series",
    preset: "500",
    what: "A metric query returns more series than limits_config.max_query_series",
    value: 1000,
  },
  {
    mark: /querying is disabled/i,
    key: "tsdb_max_query_parallelism",
    preset: "128",
    what: "Querying is disabled for this tenant: limits_config.tsdb_max_query_parallelism (or max_query_parallelism) is 0",
    value: 128,
  },
  {
    mark: /would read too many bytes/i,
    key: "max_query_bytes_read",
    preset: "0 = no limit",
    what: "A query would read more data than limits_config.max_query_bytes_read",
    value: "0B",
  },
];

export const rule = textRule({
  id: "loki/query-limit-exceeded",
  title: "Queries exceed one of Loki's limits_config limits for range, lines, series or bytes",
  why: "Loki refuses a query that is longer than max_query_length (721h), asks for more than max_entries_limit_per_query (5000) lines, returns more than max_query_series (500) series or reads more than max_query_bytes_read. Only that panel fails; the answer names the limit.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-answer",
  texts: [
    "the query time range exceeds the limit (query length: {asked}, limit: {limit})",
    "max entries limit per query exceeded, limit > max_entries_limit",
    "maximum of series ({limit#}) reached for a single query",
    "maximum number of series ({limit#}) reached for a single query",
    "querying is disabled, please contact your Loki operator",
    "the query would read too many bytes",
  ],
  from: ["loki", "grafana"],
  about: "loki",
  uses: ["config.documents"],
  says: (hit) => {
    const limit = limitOf(hit);
    const { asked, limit: given } = hit.captures;
    const numbers =
      asked && given ? `${asked} against ${given}` : (/\((\d+ > \d+)\)/.exec(hit.line.text)?.[1] ?? given);
    return `${limit.what}${numbers ? ` (${numbers})` : ""}: narrow the query, or raise limits_config.${limit.key} (default ${limit.preset})`;
  },
  rivals: [{ rule: "loki/query-queue-full", tellApart: "that is 429 too many outstanding requests" }],
  references: [
    "https://github.com/grafana/loki/blob/main/pkg/logqlmodel/error.go",
    "https://grafana.com/docs/loki/latest/configure/#limits_config",
  ],
  fix(finding, facts) {
    const limit = limits.find(({ key }) => finding.says.includes(key)) ?? limits[0];
    return lokiFix(
      finding,
      facts,
      `Narrow the query (shorter range, more labels), or set limits_config.${limit?.key}: ${limit?.value}`,
      limit ? [{ path: ["limits_config", limit.key], value: limit.value }] : [],
    );
  },
});

const unknown: Limit = {
  mark: /./,
  key: "max_query_length",
  preset: "721h",
  what: "A query exceeds a limit of limits_config",
  value: "2165h",
};

function limitOf(hit: TextHit): Limit {
  return limits.find(({ mark }) => mark.test(hit.line.text)) ?? unknown;
}
