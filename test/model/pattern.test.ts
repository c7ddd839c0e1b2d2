// Text patterns: what a hole takes, and which differences between sources do not matter.
import fc from "fast-check";
import { expect, test } from "vitest";
import { compilePattern, matchPattern } from "../../src/model/pattern.ts";

const match = (pattern: string, text: string) => matchPattern(compilePattern(pattern), text);

test("holes are named words, digits or anything", () => {
  expect(match("open {path}: permission denied", "x: open /a/b: permission denied")?.groups).toEqual({
    path: "/a/b",
  });
  expect(match("code {code#} from {who*} at", "code 503 from the old proxy at noon")?.groups).toEqual({
    code: "503",
    who: "the old proxy",
  });
  expect(match("cannot … file", "cannot ever open that file")).not.toBeNull();
});

test("case, white space, escaped quotes and JSON's escapes do not matter", () => {
  for (const text of [
    'Unexpected <by> in "sum"',
    'unexpected  <BY>\tin "sum"',
    'unexpected \\u003cby\\u003e in \\"sum\\"',
    'unexpected\u00a0<by> in \\\\"sum\\\\"',
  ]) {
    expect(match('unexpected <by> in "sum"', text), text).not.toBeNull();
  }
});

test("a pattern that would match anything is refused", () => {
  expect(() => compilePattern("{a} is {b}")).toThrow("without a literal piece");
  expect(() => compilePattern("größer")).toThrow("4 characters");
  expect(compilePattern("größer als sonst").literal).toBe("er als sonst");
});

test("every match holds the pieces in their order", () => {
  const part = fc.constantFrom("open", "FILE", "é", '"x"', "<by>", "{a}", "{b*}", "…", "a  b", "\\n");
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 2, maxLength: 6 }),
      fc.array(part, { maxLength: 12 }),
      (pattern, text) => {
        const source = `open it ${pattern.join(" ").replaceAll("{a}", "{a*}")}`
          .replace(/\{a\*\}(?=.*\{a\*\})/g, "…")
          .replace(/\{b\*\}(?=.*\{b\*\})/g, "…");
        const line = `OPEN IT ${text.join(" ")} ${pattern.join(" ").replace(/\{[ab]\*?\}|…/g, "w w")}`;
        const compiled = compilePattern(source);
        expect(matchPattern(compiled, line) !== null).toBe(compiled.regex.test(line));
      },
    ),
  );
});
