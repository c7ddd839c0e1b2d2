// An exporter writes a series twice in one answer; 2.52 began to tell it.

import { isAtLeast } from "../../../stack/version.ts";
import { textRule } from "../../text-rule.ts";

export const rule = textRule({
  id: "prometheus/response-repeats-series",
  title: "One exporter's response holds the same series twice; Prometheus 2.52 and later report it",
  why: "Older versions dropped the repetition silently. Since 2.52 the scrape logs `different value but same timestamp` for that pool. The exporter is at fault, not Prometheus.",
  severity: "warning",
  component: "prometheus",
  layer: "ingestion",
  nature: "cause",
  effect: "none",
  phase: "run",
  texts: ["Error on ingesting samples with different value but same timestamp"],
  uses: ["host.versions"],
  unconfirmed: "silent",
  confirm: (hit, facts) => {
    const pools = new Set(
      hit.lines.map((line) => line.fields?.scrape_pool ?? line.text.match(/scrape_pool=(\S+)/)?.[1]),
    );
    const upgraded = facts["host.versions"].find(
      (entry) => (entry.of === "prometheus" || /prometheus/.test(entry.of)) && entry.before !== undefined,
    );
    const version = hit.component?.version;
    if (pools.size !== 1) return { holds: false };
    if (upgraded) return { holds: true, proof: [upgraded.at], certainty: "likely" };
    return version && isAtLeast(version, "2.52.0") ? { holds: true, certainty: "possible" } : {};
  },
  says: ({ line }) =>
    `The response of ${line.fields?.scrape_pool ?? line.fields?.target ?? "one pool"} repeats series; Prometheus since 2.52 reports what older versions hid`,
  decideWith: "curl -s TARGET/metrics | grep -v '^#' | sed 's/ [^ ]*$//' | sort | uniq -d | head",
  references: ["https://github.com/prometheus/prometheus/issues/14089"],
  fix: () => ({
    summary: "Fix or upgrade that exporter; do not downgrade Prometheus",
    risk: "safe",
    steps: [
      {
        do: "by-hand",
        title: "Find the repeated series",
        command: "curl -s TARGET/metrics | grep -v '^#' | sed 's/ [^ ]*$//' | sort | uniq -d",
      },
    ],
  }),
});
