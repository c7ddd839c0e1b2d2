// Runs the text collector on a text, whole or in chunks, and gives back its facts.
import { Buffer } from "node:buffer";
import { collectStream, collectText } from "../../../src/collectors/logs/collect.ts";
import type { TextOrigin } from "../../../src/collectors/logs/origin.ts";
import { textSet } from "../../../src/collectors/logs/texts.ts";
import type { Emit } from "../../../src/collectors/parser.ts";
import type { Gap } from "../../../src/model/evidence.ts";
import { type Facts, type FactTypes, noFacts } from "../../../src/model/facts.ts";
import type { Dial } from "../../../src/model/host.ts";
import type { TextLine } from "../../../src/model/text.ts";

export interface Collected {
  readonly lines: readonly TextLine[];
  readonly dials: readonly Dial[];
  readonly gaps: readonly Gap[];
}

export function sinkOf(): { readonly emit: Emit; readonly facts: Facts; readonly gaps: Gap[] } {
  const facts = noFacts();
  const gaps: Gap[] = [];
  const emit: Emit = {
    fact(id, value) {
      (facts[id] as FactTypes[typeof id][]).push(value);
    },
    seen() {},
    segment() {},
    text() {},
    gap: (gap) => void gaps.push(gap),
  };
  return { emit, facts, gaps };
}

export const origin: TextOrigin = { source: "a.log", startLine: 1 };

export function collect(
  text: string,
  patterns: readonly string[],
  from: Partial<TextOrigin> = {},
): Collected {
  const { emit, facts, gaps } = sinkOf();
  collectText({ ...origin, ...from, text }, textSet(patterns), emit);
  return { lines: facts["text.lines"], dials: facts["host.dials"], gaps };
}

export async function collectChunks(
  bytes: Uint8Array,
  sizes: readonly number[],
  patterns: readonly string[],
): Promise<Collected> {
  const { emit, facts, gaps } = sinkOf();
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let at = 0;
    for (let i = 0; at < bytes.length; i += 1) {
      const size = Math.max(1, sizes[i % Math.max(1, sizes.length)] ?? 1);
      yield Buffer.from(bytes.subarray(at, at + size));
      at += size;
    }
  }
  await collectStream(origin, chunks(), textSet(patterns), emit);
  return { lines: facts["text.lines"], dials: facts["host.dials"], gaps };
}
