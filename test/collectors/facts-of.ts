// Runs one parser on a text, as the recogniser would, and collects what it says.
import type { EmittedText, Parser } from "../../src/collectors/parser.ts";
import type { Gap, Segment } from "../../src/model/evidence.ts";
import { type FactId, type Facts, type FactTypes, noFacts } from "../../src/model/facts.ts";

export interface Read {
  readonly facts: Facts;
  readonly texts: readonly EmittedText[];
  readonly gaps: readonly Gap[];
  readonly children: readonly Segment[];
  readonly seen: ReadonlySet<FactId>;
  /** Score of the parser for this text. */
  readonly score: number;
}

export function segmentOf(text: string, command?: string): Segment {
  return { source: "paste.txt", startLine: 1, text, ...(command === undefined ? {} : { command }) };
}

export function factsOf(parser: Parser, text: string, command?: string): Read {
  const segment = segmentOf(text, command);
  const facts = noFacts();
  const texts: EmittedText[] = [];
  const gaps: Gap[] = [];
  const children: Segment[] = [];
  const seen = new Set<FactId>();
  const score = parser.recognise(segment);
  parser.parse(segment, {
    fact<Id extends FactId>(id: Id, value: FactTypes[Id]) {
      seen.add(id);
      (facts[id] as FactTypes[Id][]).push(value);
    },
    seen: (id) => void seen.add(id),
    segment: (child) => void children.push(child),
    text: (line) => void texts.push(line),
    gap: (gap) => void gaps.push(gap),
  });
  return { facts, texts, gaps, children, seen, score };
}

/** The parser that wins a text, by score, as in recognise.ts. */
export function winnerOf(parsers: readonly Parser[], text: string, command?: string): string | undefined {
  const segment = segmentOf(text, command);
  let best: Parser | undefined;
  let bestScore = 0;
  for (const parser of parsers) {
    const score = parser.recognise(segment);
    if (score > bestScore) [best, bestScore] = [parser, score];
  }
  return best?.id;
}
