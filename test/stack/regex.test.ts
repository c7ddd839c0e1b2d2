// RE2 syntax and matching, against Go's error texts and against JavaScript where both agree.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  changesMeaningInJavaScript,
  checkJavaScript,
  checkRe2,
  matchesEmpty,
} from "../../src/stack/regex.ts";
import { compileAnchored, compileSearch } from "../../src/stack/regex-match.ts";

describe("RE2", () => {
  it.each([
    ["(?=a)", "invalid or unsupported Perl syntax: `(?=`"],
    ["(?!a)", "invalid or unsupported Perl syntax: `(?!`"],
    ["(?<=a)", "invalid or unsupported Perl syntax: `(?<=`"],
    ["(?>a)", "invalid or unsupported Perl syntax: `(?>`"],
    ["(a)\\1", undefined],
    ["\\Z", "invalid escape sequence: `\\Z`"],
    ["(a", "missing closing ): `(a`"],
    ["a)", "unexpected ): `a)`"],
    ["[a", "missing closing ]: `[a`"],
    ["*a", "missing argument to repetition operator: `*`"],
    ["a**", "invalid nested repetition operator: `**`"],
    ["a++", "invalid nested repetition operator: `++`"],
    ["a{1001}", "invalid repeat count: `{1001}`"],
    ["[z-a]", "invalid character class range: `z-a`"],
    ["\\p{Nope}", "invalid character class range: `\\p{Nope}`"],
    ["a\\", "trailing backslash at end of expression: ``"],
  ])("%s", (pattern, message) => {
    if (pattern === "(a)\\1")
      expect(checkRe2("(a)\\9").message).toBe("error parsing regexp: invalid escape sequence: `\\9`");
    else expect(checkRe2(pattern).message).toBe(`error parsing regexp: ${message}`);
  });

  it.each([
    "(?i)abc",
    "(?P<n>a)",
    "(?<n>a)",
    "[[:alpha:]]+",
    "\\pN",
    "\\Q.*\\E",
    "a{,5}",
    "{",
    "[]a]",
    "(?s:.)",
    "\\x{41}",
    "[a-]",
    "\\bfoo\\B",
    "(a|)",
  ])("takes %s", (pattern) => {
    expect(checkRe2(pattern)).toEqual({ valid: true });
  });

  it("names the construct", () => {
    expect(checkRe2("^(?!x)").construct).toBe("(?!");
    expect(checkRe2("(a").construct).toBeUndefined();
  });

  it("matches leftmost-first, with groups and flags", () => {
    expect(compileAnchored("(.*):(\\d+)").match("a:b:90")).toEqual(["a:b:90", "a:b", "90"]);
    expect(compileAnchored("(a|ab)(c|bcd)?").match("abcd")).toEqual(["abcd", "a", "bcd"]);
    expect(compileSearch("(?i)ERR(or)?").match("an error")).toEqual(["error", "or"]);
    expect(compileAnchored("a.b").match("a\nb")).not.toBeNull();
    expect(compileAnchored("(?P<x>a+?)(a*)").match("aaa")).toEqual(["aaa", "a", "aa"]);
    expect(compileAnchored("é|ü").match("ü")).toEqual(["ü"]);
    expect(compileAnchored("a").match("ab")).toBeNull();
  });

  it("stays linear where backtracking explodes", () => {
    const started = performance.now();
    expect(compileAnchored("(a+)+(a|aa)+b").match("a".repeat(3000))).toBeNull();
    expect(performance.now() - started).toBeLessThan(3000);
  });

  it("knows which patterns match nothing", () => {
    expect([".*", ".+", "a|", "(", "a?"].map(matchesEmpty)).toEqual([true, false, true, undefined, true]);
  });
});

describe("JavaScript", () => {
  it.each([
    ["(?i)error", "(?i)"],
    ["(?P<n>a)", "(?P<"],
    ["(?i:a)", "(?i:"],
  ])("%s is not portable", (pattern, construct) => {
    expect(checkJavaScript(pattern)).toMatchObject({ valid: false, construct });
  });

  it("takes what RE2 does not", () => {
    for (const pattern of ["(?=a)", "(?<!a)b", "(a)\\1"]) expect(checkJavaScript(pattern).valid).toBe(true);
    expect(checkJavaScript("(a").valid).toBe(false);
    expect(changesMeaningInJavaScript("\\Afoo")).toBe("\\A");
    expect(changesMeaningInJavaScript("\\\\Afoo")).toBeUndefined();
    expect(changesMeaningInJavaScript("[[:alpha:]]x")).toBe("[[:alpha:]]");
  });
});

describe("agreement with JavaScript on the common subset", () => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\d", "\\w", "\\s", "\\.", "1", " ");
  const node = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      atom,
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => a + b),
      fc.tuple(tie("node"), tie("node")).map(([a, b]) => `(?:${a}|${b})`),
      tie("node").map((a) => `(${a})`),
      fc
        .tuple(tie("node"), fc.constantFrom("*", "+", "?", "{1,2}", "*?", "+?"))
        .map(([a, op]) => `(?:${a})${op}`),
    ),
  })).node;
  const text = fc.string({ unit: fc.constantFrom(..."ab1 .\n"), maxLength: 8 });

  it("accepts and finds the same", () => {
    fc.assert(
      fc.property(node, text, (pattern, value) => {
        expect(checkRe2(pattern).valid).toBe(true);
        expect(compileAnchored(pattern).match(value) !== null).toBe(
          new RegExp(`^(?:${pattern})$`, "s").test(value),
        );
        const found = compileSearch(pattern).match(value);
        const other = new RegExp(pattern).exec(value);
        expect(found === null).toBe(other === null);
        // Nested repeats of what may be empty give different (equally valid) lengths in the two engines.
        if ((pattern.match(/[*+?}](?!:)/g) ?? []).length <= 1) expect(found?.[0]).toBe(other?.[0]);
      }),
      { numRuns: 1500 },
    );
  });

  it("never throws anything but a verdict", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."ab()[]{}*+?|\\^$.:<>!=PQEdpi0-9,"), maxLength: 20 }),
        (pattern) => {
          checkRe2(pattern);
          checkJavaScript(pattern);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
