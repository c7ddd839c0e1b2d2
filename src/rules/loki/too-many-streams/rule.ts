// Labels with unbounded values make a stream of nearly every line.
import type { ConfigDocument } from "../../../model/config.ts";
import type { Place } from "../../../model/place.ts";
import { lokiFix } from "../../loki-fix.ts";
import { limitOf, streamOf } from "../../loki-limits.ts";
import { lokiSettings } from "../../loki-settings.ts";
import { textRule } from "../../text-rule.ts";

/** Names of labels that take a new value again and again. */
const neverRepeats =
  /^(?:.*_)?(?:ip|uid|uuid|trace_?id|span_?id|request_?id|session_?id|user_?id|container_?id|pid|correlation_?id|path|url)$/i;

export const rule = textRule({
  id: "loki/too-many-streams",
  title: "Loki refuses new streams: the limit of active streams is exceeded by label cardinality",
  why: "Every distinct set of labels is a stream; a tenant may have max_global_streams_per_user (default 5000) of them. A label with unbounded values (pod_ip, trace_id, filename with ids, request ids, container ids) uses them up: new containers get 429, old streams go on.",
  severity: "warning",
  component: "loki",
  layer: "limits",
  nature: "cause",
  effect: "no-data-in",
  texts: [
    "maximum active stream limit exceeded",
    "reduce the number of active streams",
    "per-user streams limit ({limit#}) exceeded",
    "per-user streams limit exceeded",
  ],
  from: "any",
  about: "loki",
  uses: ["config.documents"],
  confirm(hit, facts, stack) {
    const settings = lokiSettings(facts, stack, hit.component);
    const limit =
      limitOf(settings, "max_global_streams_per_user") ?? limitOf(settings, "max_streams_per_user");
    const labels = labelsOfAgents(facts["config.documents"]);
    return {
      holds: true,
      proof: [...(limit ? [limit.at] : []), ...labels.map(({ at }) => at)],
      says: sentence(hit.line.text, [...new Set(labels.map(({ name }) => name))]),
    };
  },
  says: ({ line }) => sentence(line.text, []),
  decideWith: "logcli series '{job=~\".+\"}' --analyze-labels",
  references: [
    "https://github.com/grafana/loki/issues/11836",
    "https://grafana.com/docs/loki/latest/get-started/labels/cardinality/",
  ],
  fix: (finding, facts) =>
    lokiFix(
      finding,
      facts,
      "Drop the unbounded label in the agent (stage.label_drop, labeldrop) or move it to structured metadata; only then raise limits_config.max_global_streams_per_user",
      [{ path: ["limits_config", "max_global_streams_per_user"], value: 10_000 }],
    ),
});

function sentence(text: string, configured: readonly string[]): string {
  const stream = streamOf(text);
  const suspects = [...new Set([...(stream ? unbounded(stream) : []), ...configured])];
  return `Too many active streams (max_global_streams_per_user, default 5000)${stream ? `; refused: ${stream.slice(0, 200)}` : ""}: ${suspects.length > 0 ? `label ${suspects.join(", ")} has unbounded values, drop it in the agent` : "drop the label with unbounded values in the agent"} or move it to structured metadata; raising the limit only hides the cardinality`;
}

/** Labels that Promtail's or Alloy's stages make of values that never repeat. */
function labelsOfAgents(documents: readonly ConfigDocument[]): readonly { name: string; at: Place }[] {
  return documents.flatMap((doc) => {
    if (doc.kind !== "promtail" && doc.kind !== "alloy") return [];
    const start = doc.startLine ?? doc.at.line ?? 1;
    let inLabels = false;
    return doc.text
      .slice(0, 400_000)
      .split("\n")
      .flatMap((line, i) => {
        const key = /^\s*(?:- )?"?(\w{1,80})"?\s*[:=]/.exec(line)?.[1];
        const target = /target_label\s*[:=]\s*"?(\w{1,80})/.exec(line)?.[1];
        if (/labels\s*[:{]/.test(line)) inLabels = true;
        else if (/^\s*- |stage\.|^\}/.test(line)) inLabels = false;
        const name = target ?? (inLabels ? key : undefined);
        return name && neverRepeats.test(name)
          ? [{ name, at: { source: doc.at.source, line: start + i } }]
          : [];
      });
  });
}

/** Labels whose names or values show that they take a new value again and again. */
function unbounded(stream: string): readonly string[] {
  const valued = /^[0-9a-f]{12,}$|^[0-9a-f]{8}-[0-9a-f]{4}-|^\d{1,3}(?:\.\d{1,3}){3}$/i;
  return [...stream.matchAll(/([A-Za-z_]\w{0,80})="([^"]{0,200})"/g)].flatMap(([, name = "", value = ""]) =>
    neverRepeats.test(name) || valued.test(value) ? [name] : [],
  );
}
