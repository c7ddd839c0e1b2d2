// The whole tenant sends more per second than it may.
import { lokiFix } from "../../loki-fix.ts";
import { burstBytes, limitOf, refusedBytes, sizeWords } from "../../loki-limits.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/ingestion-rate-limited",
  title: "Loki refuses pushes: the tenant's ingestion rate limit is exceeded",
  why: "A tenant may send ingestion_rate_mb (default 4 MB/s) with bursts of ingestion_burst_size_mb (default 6 MB). Beyond that Loki answers 429; agents retry for a while and then drop the batch, which leaves gaps. Loki itself logs nothing at its default level.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "ingestion rate limit exceeded for user {user} (limit: {limit#} bytes/sec)",
    "ingestion rate limit exceeded",
    "ingestion rate limit ({limit#}) exceeded",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    if (/per[ -]stream rate limit/i.test(hit.line.text) && !/ingestion rate limit/i.test(hit.line.text))
      return { holds: false };
    const settings = lokiSettings(facts, stack, hit.component);
    const burst = burstBytes(settings).bytes;
    if (hit.lines.some(({ text }) => (refusedBytes(text) ?? 0) > burst)) return { holds: false };
    const rate = limitOf(settings, "ingestion_rate_mb");
    return { holds: true, ...(rate ? { proof: [rate.at] } : {}) };
  },
  says: ({ captures, line }) =>
    `The tenant${captures.user ? ` ${captures.user}` : ""} sends more than ingestion_rate_mb allows (${sizeWords(captures.limit)}/s, 429 on push): find the noisy source first, then raise limits_config.ingestion_rate_mb and ingestion_burst_size_mb${/429/.test(line.text) ? "" : ""}`,
  rivals: [
    {
      rule: "loki/stream-rate-limited",
      tellApart: "there the text names one stream's rate, not the tenant's",
    },
    {
      rule: "loki/batch-exceeds-burst",
      tellApart: "there a single batch is larger than the burst and can never get through",
    },
  ],
  decideWith: "sum by (reason) (rate(loki_discarded_samples_total[5m]))",
  references: [
    "https://github.com/grafana/loki/issues/1923",
    "https://github.com/grafana/loki/blob/main/pkg/validation/validate.go",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      'Find the noisy source (topk(10, sum by (container) (bytes_over_time({job=~".+"}[5m])))), then set limits_config.ingestion_rate_mb and ingestion_burst_size_mb higher',
      [
        { path: ["limits_config", "ingestion_rate_mb"], value: 16 },
        { path: ["limits_config", "ingestion_burst_size_mb"], value: 32 },
      ],
    ),
});
