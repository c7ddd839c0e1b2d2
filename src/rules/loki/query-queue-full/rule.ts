// A dashboard splits into more sub-queries than the queue of a tenant holds.

import { isBefore } from "../../../stack/semver.ts";
import { placedNumber } from "../../../stack/setting.ts";
import { lokiFix } from "../../loki-fix.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

const key = "max_outstanding_requests_per_tenant";
const blocks = ["query_scheduler", "frontend"] as const;

export const rule = textRule({
  id: "loki/query-queue-full",
  title: "Loki's query queue is full: too many outstanding requests",
  why: "Each query is split by time and shards into many sub-queries that wait in a queue per tenant. max_outstanding_requests_per_tenant was 100 up to 2.4, then 2048, and 32000 since 3.0; a dashboard with several panels over a long range fills a small queue, and the rest is answered with 429.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-answer",
  texts: ["too many outstanding requests"],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const set = settings.flatMap(({ doc }) =>
      blocks.flatMap((block) => placedNumber(doc, block, key) ?? []),
    )[0];
    if (set)
      return {
        holds: true,
        proof: [set.at],
        says: `${key} is ${set.value}, and the sub-queries of the dashboard are more than the queue holds: raise query_scheduler.${key} (2048 or more), or split less (limits_config.split_queries_by_interval: 30m or longer)`,
      };
    const version = hit.component?.version;
    if (isBefore(version, "2.5.0") === true)
      return {
        holds: true,
        ...(hit.component?.versionAt ? { proof: [hit.component.versionAt] } : {}),
        says: `Loki ${version} queues only 100 requests per tenant (${key}): raise query_scheduler.${key} (and frontend.${key}) to 2048 or more, or upgrade`,
      };
    return {};
  },
  says: () =>
    `The query queue of a tenant is full (429): raise query_scheduler.${key} (and frontend.${key}) to 2048 or more, or let queries be split less (limits_config.split_queries_by_interval)`,
  rivals: [
    {
      rule: "loki/ingestion-rate-limited",
      tellApart: "a 429 on push names the ingestion rate, not outstanding requests",
    },
  ],
  decideWith: `curl -s http://LOKI:3100/config | grep ${key}`,
  references: ["https://github.com/grafana/loki/issues/5123", "https://github.com/grafana/loki/pull/5204"],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      `Set query_scheduler.${key}: 4096 and frontend.${key}: 4096, or upgrade Loki`,
      blocks.map((block) => ({ path: [block, key], value: 4096 })),
    ),
});
