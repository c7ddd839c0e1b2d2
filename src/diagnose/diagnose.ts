// A path, or pasted text, to a report: the one flow behind `diagnose --from`, `lint` and the demo.

import { limits } from "../bundle/limits.ts";
import { readEvidence } from "../bundle/read-evidence.ts";
import type { EvidenceItem, SourceText } from "../bundle/source-text.ts";
import { toSegments } from "../bundle/to-segments.ts";
import { readLogStream } from "../collectors/logs/collect.ts";
import type { Gap, Segment } from "../model/evidence.ts";
import type { FactSet } from "../model/facts.ts";
import type { TextPattern } from "../model/pattern.ts";
import type { Report } from "../model/report.ts";
import { type AnalyseOptions, type Analysis, analyse, patternsOf } from "./analyse.ts";
import { cleanerFor, redactReport } from "./redact-report.ts";

export interface Gathered {
  readonly segments: readonly Segment[];
  readonly gaps: readonly Gap[];
  /** Facts of files too large to be held. */
  readonly streamed: readonly FactSet[];
}

/** `patterns`: the texts rules look for; large logs are read once, while they pass. */
export async function gather(path: string, patterns: readonly TextPattern[]): Promise<Gathered> {
  return await gatherItems(readEvidence(path), patterns);
}

async function gatherItems(
  items: AsyncIterable<EvidenceItem> | Iterable<EvidenceItem>,
  patterns: readonly TextPattern[],
): Promise<Gathered> {
  const segments: Segment[] = [];
  const gaps: Gap[] = [];
  const streamed: FactSet[] = [];
  for await (const item of items) {
    if (item.kind === "text") {
      const pieces = toSegments(item);
      for (const piece of pieces.slice(0, limits.segments)) segments.push(piece);
      if (pieces.length > limits.segments)
        gaps.push(tooMany(item.source, pieces[limits.segments]?.startLine));
    }
    if (item.kind === "gap") gaps.push(item.gap);
    if (item.kind === "stream") {
      const { kind: _kind, sizeBytes: _size, open, ...origin } = item;
      streamed.push(await readLogStream({ ...origin, startLine: 1 }, open(), patterns));
    }
  }
  return { segments, gaps, streamed };
}

function tooMany(source: string, line: number | undefined): Gap {
  return {
    what: source,
    because: "too-large",
    detail: `more than ${limits.segments} commands and outputs in one text; the rest was not read`,
    at: { source, ...(line === undefined ? {} : { line }) },
  };
}

export async function diagnosePath(
  path: string,
  options: Omit<AnalyseOptions, "gaps" | "streamed">,
): Promise<Analysis> {
  const { segments, gaps, streamed } = await gather(path, patternsOf(options.rules));
  return analyse(segments, { ...options, gaps, streamed });
}

export type ReportOptions = Omit<AnalyseOptions, "gaps" | "streamed">;

/** The report of a path as it may be shown: without secrets. */
export async function reportOf(path: string, options: ReportOptions, showSecrets = false): Promise<Report> {
  return await reportOfItems(readEvidence(path), options, showSecrets);
}

/** The same for evidence that is already at hand, e.g. what a bundle is about to be written from. */
export async function reportOfItems(
  items: AsyncIterable<EvidenceItem> | Iterable<EvidenceItem>,
  options: ReportOptions,
  showSecrets = false,
): Promise<Report> {
  const { analysis, segments } = await analyseItems(items, options);
  return showSecrets ? analysis.report : redactReport(analysis.report, cleanerFor(segments));
}

/** With everything the report was made from; nothing in it is redacted but what already was in the evidence. */
export async function analyseItems(
  items: AsyncIterable<EvidenceItem> | Iterable<EvidenceItem>,
  options: ReportOptions,
): Promise<{ readonly analysis: Analysis; readonly segments: readonly Segment[] }> {
  const { segments, gaps, streamed } = await gatherItems(items, patternsOf(options.rules));
  return { analysis: analyse(segments, { ...options, gaps, streamed }), segments };
}

/** The same with the facts, for what goes on from them: repairs, drawings. */
export async function analysisOfItems(
  items: AsyncIterable<EvidenceItem> | Iterable<EvidenceItem>,
  options: ReportOptions,
): Promise<{ readonly analysis: Analysis; readonly segments: readonly Segment[] }> {
  const { segments, gaps, streamed } = await gatherItems(items, patternsOf(options.rules));
  return { analysis: analyse(segments, { ...options, gaps, streamed }), segments };
}

/** Texts in memory, as tests and the web page have them. */
export function analyseTexts(texts: Readonly<Record<string, string>>, options: AnalyseOptions): Analysis {
  const encoder = new TextEncoder();
  const sources = Object.entries(texts).map(
    ([source, text]): SourceText => ({ kind: "text", source, bytes: encoder.encode(text) }),
  );
  return analyse(
    sources.flatMap((source) => [...toSegments(source)]),
    options,
  );
}
