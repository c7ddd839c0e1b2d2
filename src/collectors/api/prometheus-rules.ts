// `/api/v1/rules` (Prometheus, Loki's ruler) and `/api/v1/alerts`: what is loaded, what fails, what fires.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { hostOf } from "../lines.ts";
import { itemsOf, type JsonNode, memberOf, recordOf, textOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, dataOf, hasKeys, placeOfNode } from "./answer.ts";
import { askedUrl, componentAt } from "./asked.ts";

export const prometheusRules: Parser = {
  id: "prometheus-rules-api",
  reads: "Prometheus /api/v1/rules and /api/v1/alerts, Loki /prometheus/api/v1/rules",
  provides: ["prometheus.rules", "metrics.samples", "text.lines"],
  recognise(segment) {
    if (hasKeys(segment, "groups", "rules", "query")) return 0.97;
    if (/"groups"\s*:\s*\[\s*\]/.test(segment.text.slice(0, 300)) && hasKeys(segment, "status", "data"))
      return 0.9;
    return hasKeys(segment, "alerts", "activeAt") || /"alerts"\s*:\s*\[\s*\]/.test(segment.text.slice(0, 300))
      ? 0.95
      : 0;
  },
  parse(segment, emit) {
    for (const document of answersOf(segment)) {
      const data = dataOf(document);
      const groups = memberOf(data, "groups");
      if (groups) emit.seen("prometheus.rules");
      for (const group of itemsOf(groups))
        for (const rule of itemsOf(memberOf(group, "rules"))) emitRule(segment, group, rule, emit);
      for (const alert of itemsOf(memberOf(data, "alerts"))) emitAlert(segment, alert, emit);
    }
  },
};

function emitRule(segment: Segment, group: JsonNode, rule: JsonNode, emit: Emit): void {
  const error = memberOf(rule, "lastError");
  const lastError = textOf(error);
  emit.fact(
    "prometheus.rules",
    given({
      at: placeOfNode(segment, rule),
      group: textOf(memberOf(group, "name")) ?? "",
      name: textOf(memberOf(rule, "name")) ?? "",
      query: textOf(memberOf(rule, "query")) ?? "",
      health: textOf(memberOf(rule, "health")),
      lastError,
      file: textOf(memberOf(group, "file")),
    }),
  );
  if (lastError !== undefined) {
    const component = componentAt(askedUrl(segment), segment) === "loki" ? "loki" : "prometheus";
    emit.text({ text: lastError, line: placeOfNode(segment, error).line ?? 1, stream: "answer", component });
  }
  for (const alert of itemsOf(memberOf(rule, "alerts"))) emitAlert(segment, alert, emit);
}

/** A pending or firing alert is what the series ALERTS says. */
function emitAlert(segment: Segment, alert: JsonNode, emit: Emit): void {
  const labels = recordOf(memberOf(alert, "labels"));
  const alertstate = textOf(memberOf(alert, "state"));
  if (alertstate === undefined) return;
  emit.fact(
    "metrics.samples",
    given({
      at: placeOfNode(segment, alert),
      host: hostOf(segment),
      name: "ALERTS",
      labels: { ...labels, alertstate },
      value: 1,
    }),
  );
}
