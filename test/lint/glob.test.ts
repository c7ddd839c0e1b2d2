// Patterns of paths, as people know them from shells and .gitignore.
import fc from "fast-check";
import { expect, test } from "vitest";
import { isIgnored, readGitignore } from "../../src/lint/gitignore.ts";
import { matchesGlob } from "../../src/lint/glob.ts";

test.each([
  ["deploy/loki.yaml", "deploy/*.yaml", true],
  ["deploy/a/loki.yaml", "deploy/*.yaml", false],
  ["deploy/a/loki.yaml", "deploy/**", true],
  ["deploy/a/b/loki.yaml", "**/loki.yaml", true],
  ["loki.yaml", "**/loki.yaml", true],
  ["a/b/c", "a/**/c", true],
  ["a/c", "a/**/c", true],
  ["a/b/x", "a/**/c", false],
  ["loki.yml", "loki.y{,a}ml", true],
  ["loki.yaml", "loki.y{,a}ml", true],
  ["a1", "a?", true],
  ["a12", "a?", false],
  ["a5", "a[0-9]", true],
  ["ax", "a[!0-9]", true],
  ["a.b", "a.b", true],
  ["axb", "a.b", false],
  ["(a)", "(a)", true],
  ["a", "", false],
])("%s ~ %s is %s", (path, pattern, matches) => {
  expect(matchesGlob(path, pattern)).toBe(matches);
});

test("stars upon stars are no slower than one", () => {
  const start = performance.now();
  expect(matchesGlob(`${"a/".repeat(200)}b`, `${"**/*a*/".repeat(100)}c`)).toBe(false);
  expect(matchesGlob("a".repeat(2000), `${"*a".repeat(300)}b`)).toBe(false);
  expect(matchesGlob("x", "{a,b}".repeat(40))).toBe(false);
  expect(performance.now() - start).toBeLessThan(3000);
});

test("any path matches itself when it has no signs", () => {
  const name = fc.stringMatching(/^[\w.-]{1,8}$/);
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (parts) => {
      const path = parts.join("/");
      expect(matchesGlob(path, path)).toBe(true);
      expect(matchesGlob(path, "**")).toBe(true);
      expect(matchesGlob(path, `**/${parts.at(-1)}`)).toBe(true);
    }),
  );
});

const lists = [
  readGitignore(
    "",
    "# comment\n\n*.log\n/build\nvendor/\n!vendor/keep\ndocs/**/draft.yaml\n\\#odd\ntrail.yaml  \n",
  ),
  readGitignore("sub", "*.yaml\n!important.yaml\n/only-here.json\n"),
];

test.each([
  ["a.log", true],
  ["deep/a.log", true],
  ["build/x.yaml", true],
  ["deep/build/x.yaml", false],
  ["vendor/x/y.yaml", true],
  ["vendor", false],
  ["docs/draft.yaml", true],
  ["docs/a/b/draft.yaml", true],
  ["#odd", true],
  ["trail.yaml", true],
  ["sub/x.yaml", true],
  ["sub/deep/x.yaml", true],
  ["sub/important.yaml", false],
  ["other/x.yaml", false],
  ["sub/only-here.json", true],
  ["sub/deep/only-here.json", false],
])("gitignore: %s is left out: %s", (path, ignored) => {
  expect(isIgnored(path, lists)).toBe(ignored);
});
