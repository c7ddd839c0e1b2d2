// The fast loop, the slow loop and a search by hand agree on which lines hold a word.
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildAutomaton } from "../../../src/collectors/logs/automaton.ts";
import { findHitsPlainly } from "../../../src/collectors/logs/find-hits.ts";
import { wasmFindHits } from "../../../src/collectors/logs/wasm-scan.ts";

const alphabet = fc.constantFrom("a", "b", "c", " ", "é", "A", "\t", "1");
const word = fc
  .string({ unit: fc.constantFrom("a", "b", "c", " ", "é", "1"), minLength: 1, maxLength: 6 })
  .map((text) => text.trim().replace(/ +/g, " "))
  .filter((text) => text !== "");
const text = fc
  .array(fc.string({ unit: alphabet, maxLength: 30 }), { maxLength: 60 })
  .map((lines) => lines.join("\n"));

test("agree on any words and texts", () => {
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 8 }),
      text,
      fc.boolean(),
      (words, lines, atStart) => {
        const wanted = atStart ? words.map((one, i) => (i === 0 ? `\n${one}` : one)) : words;
        const automaton = buildAutomaton(wanted.map((one) => Buffer.from(one)));
        const buffer = Buffer.from(lines);
        const plainly = findHitsPlainly(automaton, buffer, buffer.length);
        const fast = wasmFindHits(automaton, 8_192)?.(buffer, buffer.length);
        expect(fast).toEqual(plainly);
        const found = new Set(
          plainly.map((at) => buffer.subarray(0, at).toString("latin1").split("\n").length - 1),
        );
        const byHand = lines.split("\n").flatMap((line, i) => {
          const plain = `\n${line.replace(/[ \t\r]+/g, " ").replace(/[A-Z]/g, (char) => char.toLowerCase())}`;
          return wanted.some((one) => plain.includes(one)) ? [i] : [];
        });
        expect([...found]).toEqual(byHand);
      },
    ),
    { numRuns: 300 },
  );
});

test("a buffer without newline, an empty one, and hits in every lane", () => {
  const automaton = buildAutomaton([Buffer.from("needle")]);
  const fast = wasmFindHits(automaton, 200_000);
  expect(fast?.(Buffer.from(""), 0)).toEqual([]);
  expect(fast?.(Buffer.from(`${"x".repeat(150_000)}needle`), 150_006)).toEqual([150_005]);
  const many = Buffer.from("a needle\n".repeat(20_000));
  expect(fast?.(many, many.length)).toEqual(findHitsPlainly(automaton, many, many.length));
});

test("the words that end at a place are told, also the shorter ones inside", () => {
  const automaton = buildAutomaton(["he", "she", "hers"].map((one) => Buffer.from(one)));
  const ends: string[] = [];
  let state = automaton.start;
  for (const byte of Buffer.from("ushers")) {
    state = automaton.table[state + (automaton.classOf[byte] ?? 0)] ?? 0;
    ends.push(automaton.wordsAt(state).join(","));
  }
  expect(ends).toEqual(["", "", "", "1,0", "", "2"]);
});
