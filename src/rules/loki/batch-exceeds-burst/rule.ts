// One batch is larger than the bucket: it can never get through, and everything behind it waits.
import { lokiFix } from "../../loki-fix.ts";
import { burstBytes, refusedBytes } from "../../loki-limits.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "loki/batch-exceeds-burst",
  title: "A single batch is larger than Loki's ingestion burst, so retrying it can never succeed",
  why: "The rate limiter lets at most ingestion_burst_size_mb (default 6 MB) through at once. A batch above it (one huge line, or a large batch_size in the agent) is refused with 429 for ever, and what is queued behind it waits until it is dropped.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: ["while attempting to ingest…lines totaling…bytes"],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const burst = burstBytes(settings);
    const largest = Math.max(0, ...hit.lines.map(({ text }) => refusedBytes(text) ?? 0));
    if (largest <= burst.bytes) return { holds: false };
    const lines = /ingest '?(\d+)'? lines/.exec(hit.line.text)?.[1];
    return {
      holds: true,
      certainty: burst.at || settings.some(({ isWhole }) => isWhole) ? "proven" : "likely",
      proof: burst.at ? [burst.at] : [],
      says: `A batch of ${largest} bytes${lines ? ` (${lines} ${lines === "1" ? "line" : "lines"})` : ""} is larger than ingestion_burst_size_mb (${burst.bytes / 1024 ** 2} MB${burst.at ? "" : ", the default"}): raise limits_config.ingestion_burst_size_mb above the largest batch, or make the agent's batch_size or its lines smaller`,
    };
  },
  unconfirmed: "silent",
  says: () => "A batch is larger than ingestion_burst_size_mb",
  rivals: [
    {
      rule: "loki/ingestion-rate-limited",
      tellApart: "there each batch fits and only their sum over time is too much",
    },
  ],
  references: ["https://github.com/grafana/loki/issues/6731"],
  fix(finding, facts) {
    const bytes = Number(/batch of (\d+) bytes/.exec(finding.says)?.[1] ?? 0);
    const burst = Math.max(12, Math.ceil((bytes / 1024 ** 2) * 1.5));
    return lokiFix(
      finding,
      facts,
      `Set limits_config.ingestion_burst_size_mb: ${burst}, above the largest batch, or lower batch_size in the agent and cut long lines (max_line_size_truncate: true)`,
      [{ path: ["limits_config", "ingestion_burst_size_mb"], value: burst }],
    );
  },
});
