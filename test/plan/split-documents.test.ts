// Documents of a stream, cut at their markers: every byte and every line belongs to exactly one.
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { deepestNesting } from "../../src/plan/edit/nesting.ts";
import { splitDocuments } from "../../src/plan/edit/split-documents.ts";

const cut = (text: string): string[] => splitDocuments(text).map((chunk) => text.slice(chunk.from, chunk.to));

test.each([
  ["a: 1\n", ["a: 1\n"]],
  ["---\na: 1\n---\nb: 2", ["---\na: 1\n", "---\nb: 2"]],
  ["# head\n%YAML 1.1\n---\na: 1\n", ["# head\n%YAML 1.1\n---\na: 1\n"]],
  ["a: |\n  ---\n---\nb: 1\n", ["a: |\n  ---\n", "---\nb: 1\n"]],
  ["a: 1\n...\n---\nb: 1\n...\n", ["a: 1\n...\n", "---\nb: 1\n...\n"]],
  ["a: 1\r\n---\r\nb: 1\r\n", ["a: 1\r\n", "---\r\nb: 1\r\n"]],
  ["---a: 1\n----\n", ["---a: 1\n----\n"]],
  ["--- {a: 1}\n--- # c\n", ["--- {a: 1}\n", "--- # c\n"]],
  ["", [""]],
])("%j", (text, pieces) => {
  expect(cut(text)).toEqual(pieces);
});

test("lines are counted without gaps, and the pieces read as the whole does", () => {
  const line = fc.constantFrom("---", "...", "a: 1", "  b: 2", "# c", "", "--- x", "- 1");
  fc.assert(
    fc.property(fc.array(line, { maxLength: 14 }), fc.constantFrom("\n", "\r\n"), (lines, eol) => {
      const text = lines.join(eol);
      const chunks = splitDocuments(text);
      expect(chunks.map((chunk) => text.slice(chunk.from, chunk.to)).join("")).toBe(text);
      chunks.forEach((chunk, i) => {
        expect(chunk.firstLine).toBe(text.slice(0, chunk.from).split("\n").length);
        if (i > 0) expect(chunk.firstLine).toBe((chunks[i - 1]?.lastLine ?? 0) + 1);
      });
      const values = (part: string): string[] => {
        const documents = parseAllDocuments(part, { logLevel: "silent" });
        return documents.flatMap((one) =>
          one.errors.length === 0 && one.toJS() !== null ? [JSON.stringify(one.toJS())] : [],
        );
      };
      const whole = parseAllDocuments(text, { logLevel: "silent" });
      if (whole.some((one) => one.errors.length > 0)) return;
      expect(
        chunks.filter((chunk) => chunk.filled).flatMap((chunk) => values(text.slice(chunk.from, chunk.to))),
      ).toEqual(values(text));
    }),
    { numRuns: 500 },
  );
});

test("nesting is never counted too low", () => {
  expect(deepestNesting("a:\n  b:\n    - c: [1, {d: 2}]\n")).toBeGreaterThanOrEqual(5);
  expect(deepestNesting("[".repeat(1000))).toBe(1001);
  expect(deepestNesting("- ".repeat(1000))).toBeGreaterThanOrEqual(1000);
  expect(deepestNesting("a: 1\n".repeat(1000))).toBeLessThan(5);
  expect(deepestNesting(JSON.stringify({ a: [{ b: [1] }] }, undefined, 2))).toBeLessThan(15);
});
