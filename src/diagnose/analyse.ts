// Segments to report: recognise, merge, judge. Everything after reading, without touching the outside.

import { parsersFor } from "../collectors/index.ts";
import { recogniseAll } from "../collectors/recognise.ts";
import type { Gap, Segment } from "../model/evidence.ts";
import { type FactSet, type Facts, factIds } from "../model/facts.ts";
import type { TextPattern } from "../model/pattern.ts";
import type { AnyRule } from "../model/rule.ts";
import { mergeFacts } from "../stack/merge.ts";
import type { LineReader } from "./candidate.ts";
import { type Judgement, judge } from "./judge.ts";
import type { Mode } from "./verdict.ts";

export interface AnalyseOptions {
  readonly rules: readonly AnyRule[];
  readonly version: string;
  readonly mode: Mode;
  /** Gaps found while reading, before any parser saw the text. */
  readonly gaps?: readonly Gap[];
  /** Facts of large files that were read as streams. */
  readonly streamed?: readonly FactSet[];
}

export interface Analysis extends Judgement {
  readonly factSet: FactSet;
  readonly readLine: LineReader;
}

export function analyse(segments: readonly Segment[], options: AnalyseOptions): Analysis {
  const recognised = [
    recogniseAll(segments, parsersFor(patternsOf(options.rules))),
    ...(options.streamed ?? []),
  ].reduce(joinFacts);
  const factSet = {
    ...recognised,
    facts: mergeFacts(recognised.facts),
    gaps: [...(options.gaps ?? []), ...recognised.gaps],
  };
  const readLine = lineReader(segments);
  return {
    ...judge({ factSet, rules: options.rules, readLine, version: options.version, mode: options.mode }),
    factSet,
    readLine,
  };
}

/** The texts all rules look for, each once. */
export function patternsOf(rules: readonly AnyRule[]): readonly TextPattern[] {
  return [...new Set(rules.flatMap((rule) => rule.texts ?? []))];
}

function joinFacts(a: FactSet, b: FactSet): FactSet {
  const entries = factIds.map((id) => [id, [...a.facts[id], ...b.facts[id]]]);
  const facts = Object.fromEntries(entries) as unknown as Facts;
  return { facts, seen: new Set([...a.seen, ...b.seen]), gaps: [...a.gaps, ...b.gaps] };
}

/** Looks a line up in the segments; later segments of a source do not hide earlier ones. */
export function lineReader(segments: readonly Segment[]): LineReader {
  const bySource = new Map<string, { startLine: number; lines: readonly string[] }[]>();
  for (const { source, startLine, text, command, commandAt } of segments) {
    const list = bySource.get(source) ?? [];
    list.push({ startLine, lines: text.split("\n") });
    // a prompt line belongs to no output; what was typed there is a proof all the same
    if (command !== undefined && commandAt !== undefined && commandAt !== startLine)
      list.push({ startLine: commandAt, lines: [command] });
    bySource.set(source, list);
  }
  return (source, line) => {
    for (const { startLine, lines } of bySource.get(source) ?? []) {
      const text = lines[line - startLine];
      if (text !== undefined && text.trim() !== "") return text;
    }
    return undefined;
  };
}
