// A path, or pasted text, to a report: the one flow behind `diagnose --from`, `lint` and the demo.

import { readEvidence } from "../bundle/read-evidence.ts";
import type { SourceText } from "../bundle/source-text.ts";
import { toSegments } from "../bundle/to-segments.ts";
import type { Gap, Segment } from "../model/evidence.ts";
import { type AnalyseOptions, type Analysis, analyse } from "./analyse.ts";

export interface Gathered {
  readonly segments: readonly Segment[];
  readonly gaps: readonly Gap[];
}

export async function gather(path: string): Promise<Gathered> {
  const segments: Segment[] = [];
  const gaps: Gap[] = [];
  for await (const item of readEvidence(path)) {
    if (item.kind === "text") segments.push(...toSegments(item));
    if (item.kind === "gap") gaps.push(item.gap);
  }
  return { segments, gaps };
}

export async function diagnosePath(path: string, options: Omit<AnalyseOptions, "gaps">): Promise<Analysis> {
  const { segments, gaps } = await gather(path);
  return analyse(segments, { ...options, gaps });
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
