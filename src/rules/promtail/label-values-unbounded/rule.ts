// Labels whose values never repeat: one stream per value.

import type { FindingDraft } from "../../../model/finding.ts";
import { isRecord } from "../../../model/json-value.ts";
import type { Step } from "../../../model/plan.ts";
import { defineRule } from "../../../model/rule.ts";
import { listAt, placeOf, valueAt } from "../../../stack/config-value.ts";
import { readPromtailConfig } from "../../../stack/promtail-config.ts";
import { byHand } from "../../by-hand.ts";
import { editStep, filesOf, repair, valuesIn } from "../../change-configuration.ts";

const unbounded =
  /^(?:.*_)?(?:build_?(?:number|id)|duration(?:_(?:ms|seconds))?|elapsed|latency|client_?ip|remote_?addr|src_?ip|user(?:_?(?:id|name|agent))?|session(?:_?id)?|request_?id|req_?id|trace_?id|span_?id|correlation_?id|uuid|order_?id|transaction_?id|pid|thread|path|uri|url|message|msg|timestamp)$/i;

export const rule = defineRule({
  id: "promtail/label-values-unbounded",
  title:
    "A pipeline makes labels of values that never repeat (ids, addresses, durations), so every value becomes a stream",
  why: "Loki keeps one stream, one open chunk and one index entry per combination of label values. Build numbers, client addresses, durations and ids make thousands of streams with a few lines each: stream limits, many small chunks, slow queries. They belong into the line or into structured metadata.",
  severity: "notice",
  component: "promtail",
  layer: "ingestion",
  nature: "habit",
  effect: "none",
  needs: ["config.documents"],
  uses: ["kubernetes.objects"],
  decideWith: "logcli series '{}' --analyze-labels",
  references: ["https://grafana.com/docs/loki/latest/get-started/labels/bp-labels/"],
  check({ "config.documents": documents }) {
    return documents.flatMap((document): FindingDraft[] => {
      if (document.kind !== "promtail" || document.value === undefined) return [];
      const found = readPromtailConfig(document).jobs.flatMap(({ path, name }) =>
        listAt(document.value, ...path, "pipeline_stages").flatMap((stage, index) => {
          const labels = valueAt(stage, "labels");
          return isRecord(labels)
            ? Object.keys(labels)
                .filter((label) => unbounded.test(label))
                .map((label) => ({
                  label,
                  job: name?.value ?? "?",
                  at: placeOf(document, ...path, "pipeline_stages", index, "labels", label),
                }))
            : [];
        }),
      );
      const [first] = found;
      if (!first) return [];
      const list = [...new Set(found.map(({ label, job }) => `${label} (job ${job})`))].slice(0, 8);
      return [
        {
          subject: { kind: "file", id: document.embeddedIn?.key ?? document.path ?? document.at.source },
          says: `Labels with values that never repeat: ${list.join(", ")}; each value makes a stream of its own`,
          proof: found.slice(0, 8).map(({ at }) => at),
          certainty: "likely",
        },
      ];
    });
  },
  fix: (_finding, facts) =>
    repair(
      "Take the labels away that make a stream of every line",
      "safe",
      filesOf(facts, "promtail").flatMap((doc): Step[] => {
        const edits = valuesIn(
          doc,
          (_value, path) =>
            path.at(-2) === "labels" &&
            path.includes("pipeline_stages") &&
            unbounded.test(String(path.at(-1))),
        ).map(({ path }) => ({ op: "remove" as const, path }));
        return edits.length > 0 ? [editStep(doc, "Take the unbounded labels away", edits)] : [];
      }),
    ) ??
    byHand(
      "Take them out of the labels stage; query them with | json or | logfmt, or use the stage structured_metadata (Loki 3, schema v13)",
      "In the pipeline_stages",
      undefined,
      "safe",
    ),
});
