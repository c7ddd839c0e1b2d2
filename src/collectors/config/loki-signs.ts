// Two questions about Loki files that keys alone do not answer: are these rules Loki's, and is this the running configuration?
import type { Segment } from "../../model/evidence.ts";
import { isRecord, itemsOf, memberOf, textOf } from "../../model/json-value.ts";
import type { ParsedDocument } from "./yaml-document.ts";

/** A stream selector with a line filter, parser or range around it: only LogQL has these. */
const logqlOnly =
  /\{[^{}]{0,500}\}\s{0,50}(?:\|=|\|~|!=\s{0,10}["`]|!~\s{0,10}["`]|\|>|\|\s{0,10}(?:json|logfmt|regexp|pattern|unpack|line_format|label_format|unwrap|decolorize|drop|keep)\b)|\b(?:count_over_time|bytes_over_time|bytes_rate)\s{0,10}\(\s{0,50}\{/;

/** Rule files look the same for Prometheus and Loki: the place decides, then the language of all expressions. */
export function isLokiRules(segment: Segment, parsed: ParsedDocument): boolean {
  const place = [
    segment.path ?? segment.source,
    segment.embeddedIn?.name ?? "",
    segment.hints?.component ?? "",
  ]
    .join(" ")
    .toLowerCase();
  const loki = place.includes("loki");
  const prometheus = /prometheus|thanos|mimir/.test(place);
  if (loki !== prometheus) return loki;
  const expressions = expressionsOf(parsed.value);
  return (
    expressions.length > 0 && expressions.every((expression) => logqlOnly.test(expression.slice(0, 4_000)))
  );
}

function expressionsOf(value: unknown): readonly string[] {
  return itemsOf(memberOf(value, "groups")).flatMap((group) =>
    itemsOf(memberOf(group, "rules")).flatMap((rule) => {
      const text = textOf(memberOf(rule, "expr"));
      return text === undefined ? [] : [text];
    }),
  );
}

/** `/config` prints every setting, also those nobody writes into a file. */
export function isRunningLoki(segment: Segment, value: unknown): boolean {
  if (/:\d{2,5}\/config\b|\/config(?:\?mode=\w+)?["'\s]*$/.test(segment.command?.slice(0, 2_000) ?? ""))
    return true;
  if (!isRecord(value)) return false;
  return (
    "ballast_bytes" in value ||
    "shutdown_delay" in value ||
    ("http_prefix" in value && Object.keys(value).length > 20)
  );
}
