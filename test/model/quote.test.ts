// Quoting is judged by the shell itself.
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteWord, quoteWords } from "../../src/model/quote.ts";
import "../fast-check.ts";

const printed = (words: readonly string[]): string[] =>
  execFileSync("sh", ["-c", `printf '%s\\0' ${quoteWords(words)}`], { encoding: "utf8" })
    .split("\0")
    .slice(0, -1);

test("every word arrives as it was, whatever it holds", () => {
  const word = fc
    .string({ unit: "binary", minLength: 0, maxLength: 40 })
    .map((text) => text.replaceAll("\0", ""));
  const hostile = fc.constantFrom(
    "$(id)",
    "`id`",
    "'",
    "''",
    "\\",
    "-n",
    "~",
    "a b",
    "*",
    "\n",
    "!",
    "x=1",
    "",
    "'\"'",
    "${HOME}",
    "#",
    ";",
    "&",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(word, hostile), { minLength: 1, maxLength: 60 }), (words) => {
      expect(printed(words)).toEqual(words.map((one) => Buffer.from(one).toString()));
    }),
    { numRuns: 60 },
  );
});

test("plain words stay readable, everything else is quoted", () => {
  expect(quoteWord("/etc/prometheus/prometheus.yml")).toBe("/etc/prometheus/prometheus.yml");
  expect(quoteWord("--since=1h")).toBe("--since=1h");
  expect(quoteWord("A=b")).toBe("'A=b'");
  expect(quoteWord("")).toBe("''");
  expect(quoteWord("it's")).toBe("'it'\\''s'");
  expect(() => quoteWord("a\0b")).toThrow("NUL");
});
