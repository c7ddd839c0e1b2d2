// Runs parsers over one text, as the engine would, for the tests of this folder.
import { configParsers } from "../../../src/collectors/config/index.ts";
import type { Parser } from "../../../src/collectors/parser.ts";
import { recogniseAll } from "../../../src/collectors/recognise.ts";
import type { Segment } from "../../../src/model/evidence.ts";
import type { FactSet } from "../../../src/model/facts.ts";

export function readFacts(
  text: string,
  segment: Partial<Segment> = {},
  parsers: readonly Parser[] = configParsers,
): FactSet {
  return recogniseAll([{ source: "file.txt", startLine: 1, text, ...segment }], parsers);
}

export function kindsOf(text: string, segment: Partial<Segment> = {}): readonly string[] {
  return readFacts(text, segment).facts["config.documents"].map((doc) => doc.kind);
}
