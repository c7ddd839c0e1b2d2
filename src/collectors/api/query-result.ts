// Answers of `/api/v1/query` and `/query_range` (Prometheus, Loki), and `/labels` of Loki.

import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { hostOf } from "../lines.ts";
import { itemsOf, type JsonNode, memberOf, recordOf, stringOf, stringsOf } from "../loose-json.ts";
import type { Emit, Parser } from "../parser.ts";
import { answersOf, dataOf, emitApiError, hasKeys, placeOfNode } from "./answer.ts";
import { askedUrl, componentAt } from "./asked.ts";

const maxSamples = 50_000;

export const queryResult: Parser = {
  id: "query-result",
  reads: "/api/v1/query and /query_range answers of Prometheus and Loki, errors included; Loki /labels",
  provides: ["metrics.samples", "loki.labels", "text.lines"],
  recognise(segment) {
    if (hasKeys(segment, "resultType", "result")) return 0.97;
    if (hasKeys(segment, "status", "errorType", "error")) return 0.95;
    if (isLokiWithoutLabels(segment)) return 0.9;
    return /^\s*\{\s*"status"\s*:\s*"success"\s*,\s*"data"\s*:\s*(?:\[\s*(?:"|\])|null\s*\})/.test(
      segment.text.slice(0, 400),
    )
      ? 0.9
      : 0;
  },
  parse(segment, emit) {
    const component = componentAt(askedUrl(segment), segment) === "loki" ? "loki" : "prometheus";
    for (const document of answersOf(segment)) {
      emitApiError(segment, document, emit, component);
      const data = dataOf(document);
      if (memberOf(data, "resultType")) emitSamples(segment, data, emit);
      else if (memberOf(document, "data")?.kind === "array") emitLabels(segment, data, emit);
      else if (stringOf(memberOf(document, "status")) === "success") emit.seen("loki.labels");
    }
  },
};

/** A Loki that has no stream yet leaves `data` out. */
function isLokiWithoutLabels({ text, command }: Segment): boolean {
  return (
    /\/loki\/api\/v1\/label/.test(command?.slice(0, 4_000) ?? "") &&
    /^\s*\{\s*"status"\s*:\s*"success"\s*\}\s*$/.test(text.slice(0, 400))
  );
}

function emitSamples(segment: Segment, data: JsonNode, emit: Emit): void {
  emit.seen("metrics.samples");
  const result = memberOf(data, "result");
  const type = stringOf(memberOf(data, "resultType"));
  if (type === "scalar" || type === "string") emitSample(segment, result, {}, result, emit);
  for (const series of itemsOf(result).slice(0, maxSamples)) {
    const labels = recordOf(memberOf(series, "metric"));
    const values = itemsOf(memberOf(series, "values"));
    emitSample(segment, series, labels, memberOf(series, "value") ?? values.at(-1), emit);
  }
}

/** A pair of time and value; of a range, its newest. */
function emitSample(
  segment: Segment,
  node: JsonNode | undefined,
  metric: Record<string, string>,
  pair: JsonNode | undefined,
  emit: Emit,
): void {
  const text = stringOf(itemsOf(pair)[1]);
  const value = parseValue(text);
  if (!node || value === undefined) return;
  const { __name__: name = "", ...labels } = metric;
  emit.fact(
    "metrics.samples",
    given({
      at: placeOfNode(segment, node),
      host: hostOf(segment),
      name,
      labels,
      value,
      query: askedQuery(segment),
    }),
  );
}

/** `query=` of the URL that was asked, as it was written before it was encoded. */
function askedQuery(segment: Segment): string | undefined {
  const raw = /[?&]query=([^&\s'"]{1,2000})/.exec(askedUrl(segment) ?? "")?.[1];
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw.replaceAll("+", "%20"));
  } catch {
    return undefined;
  }
}

/** `1`, `1e+06`, `NaN`, `+Inf`, as the exposition format writes numbers. */
export function parseValue(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^[+-]?Inf$/i.test(text))
    return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^NaN$/i.test(text)) return Number.NaN;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined;
}

/** A list of label names: Prometheus' always has `__name__`, so the others are Loki's. */
function emitLabels(segment: Segment, data: JsonNode, emit: Emit): void {
  const names = stringsOf(data);
  const url = askedUrl(segment);
  if (names.includes("__name__") || componentAt(url, segment) === "prometheus") return;
  emit.seen("loki.labels");
  const at = placeOfNode(segment, data);
  const host = hostOf(segment);
  const asked = /\/label\/([^/?\s]{1,200})\/values/.exec(url ?? segment.command?.slice(0, 4_000) ?? "")?.[1];
  if (asked !== undefined) emit.fact("loki.labels", given({ at, host, name: asked, values: names }));
  else for (const name of names) emit.fact("loki.labels", given({ at, host, name }));
}
