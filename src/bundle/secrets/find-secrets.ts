// All secrets of one text: by key, by form, by the lines around them, by the structure of JSON.
import { findByContext } from "./find-by-context.ts";
import { findByKey } from "./find-by-key.ts";
import { findByShape, shapesIn } from "./find-by-shape.ts";
import { findInJson } from "./find-in-json.ts";
import type { SecretSpan } from "./span.ts";

/** Documents in strings in documents: `last-applied-configuration` in a List in a log line. */
const deepest = 3;

export interface FoundSecrets {
  /** In order of line and column; none overlap. */
  readonly spans: readonly SecretSpan[];
  /** Values found inside JSON strings: they stand in the text in an escaped form. */
  readonly values: readonly string[];
}

export function findSecrets(lines: readonly string[], depth = 0): FoundSecrets {
  const spans: SecretSpan[] = [...findByContext(lines)];
  const values: string[] = [];
  const possible = shapesIn(lines);
  for (const [i, line] of lines.entries()) {
    spans.push(...findByKey(line, i), ...findByShape(line, i, possible));
    if (line.includes('\\"kind\\":\\"Secret\\"')) values.push(...valuesOfEscaped(line, depth));
  }
  const json = findJson(lines, depth);
  return { spans: withoutOverlaps([...spans, ...json.spans]), values: [...values, ...json.values] };
}

/** Documents that start at the beginning of a line, wherever they end. */
function findJson(lines: readonly string[], depth: number): FoundSecrets {
  const spans: SecretSpan[] = [];
  const values: string[] = [];
  let text: string | undefined;
  let starts: number[] = [];
  let done = 0;
  for (const [i, line] of lines.entries()) {
    const indent = line.length - line.trimStart().length;
    if (line[indent] !== "{" && line[indent] !== "[") continue;
    if (text === undefined) {
      text = lines.join("\n");
      starts = lineStarts(lines);
    }
    const from = (starts[i] ?? 0) + indent;
    if (from < done) continue;
    const scan = findInJson(text, from);
    done = Math.max(scan.end, from + 1);
    let current = i;
    for (const { start, end, kind } of scan.secrets.toSorted((a, b) => a.start - b.start)) {
      while ((starts[current + 1] ?? Number.POSITIVE_INFINITY) <= start) current++;
      const offset = starts[current] ?? 0;
      spans.push({ line: current, start: start - offset, end: end - offset, kind });
    }
    for (const document of scan.documents) values.push(...valuesOfString(document, depth));
  }
  return { spans, values };
}

function lineStarts(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

/** Secrets of a document that stands in a JSON string, quotes included. */
function valuesOfString(literal: string, depth: number): readonly string[] {
  if (depth >= deepest) return [];
  try {
    const text: unknown = JSON.parse(literal);
    return typeof text === "string" ? valuesOf(text, depth + 1) : [];
  } catch {
    return [];
  }
}

function valuesOfEscaped(line: string, depth: number): readonly string[] {
  if (depth >= deepest) return [];
  const from = line.indexOf("{");
  return from < 0 ? [] : valuesOf(line.slice(from).replace(/\\(["\\/])/g, "$1"), depth + 1);
}

export function valuesOf(text: string, depth = 0): readonly string[] {
  const lines = text.split("\n");
  const found = findSecrets(lines, depth);
  return [
    ...found.spans.map((span) => (lines[span.line] ?? "").slice(span.start, span.end)),
    ...found.values,
  ];
}

/** Of spans that overlap, the union; it keeps the kind of the one that starts first. */
function withoutOverlaps(spans: readonly SecretSpan[]): readonly SecretSpan[] {
  const sorted = spans
    .filter((span) => span.end > span.start)
    .toSorted((a, b) => a.line - b.line || a.start - b.start || b.end - a.end);
  const kept: SecretSpan[] = [];
  for (const span of sorted) {
    const last = kept.at(-1);
    if (!last || last.line !== span.line || last.end <= span.start) kept.push(span);
    else if (span.end > last.end) kept[kept.length - 1] = { ...last, end: span.end };
  }
  return kept;
}
