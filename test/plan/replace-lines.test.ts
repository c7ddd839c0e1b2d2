// Whole lines are replaced only where the expected ones stand, also in files that do not parse.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { replaceLines } from "../../src/plan/replace-lines.ts";

const folder = join(import.meta.dirname, "fixtures");

function step(
  from: number,
  expectLines: string,
  replacement: string,
  to = from,
): Parameters<typeof replaceLines>[1] {
  return {
    do: "replace-lines",
    title: "t",
    file: { source: "f" },
    from,
    to,
    expect: expectLines,
    replacement,
  };
}

const broken = "description: Less than 1 GB left: clean up   # found at night";
const quoted = 'description: "Less than 1 GB left: clean up"   # found at night';

test.each(["alerts-in-configmap.yaml", "crlf-alerts-in-configmap.yaml"])(
  "%s: a rule file that does not parse is quoted inside its ConfigMap",
  (name) => {
    const before = readFileSync(join(folder, name), "utf8");
    const line = before.split("\n").findIndex((text) => text.includes("clean up")) + 1;
    const once = replaceLines(before, step(line, broken, quoted));
    if (!once.ok) throw new Error(once.refusal.because);
    const [old, now] = [before.split("\n"), once.text.split("\n")];
    expect(now.length).toBe(old.length);
    expect(now.filter((text, i) => text !== old[i])).toEqual([
      `              ${quoted}${name.startsWith("crlf") ? "\r" : ""}`,
    ]);
    const outer = parse(once.text) as { data: Record<string, string> };
    expect(() => parse(outer.data["node.yml"] ?? "")).not.toThrow();
    expect(replaceLines(once.text, step(line, broken, quoted))).toEqual({
      ok: true,
      text: once.text,
      changed: false,
    });
  },
);

const text = "a\n  b\nc\n\nc\nlast";

test.each([
  ["one line", step(1, "a", "A"), "A\n  b\nc\n\nc\nlast"],
  ["with its indentation", step(2, "  b", "  B"), "a\n  B\nc\n\nc\nlast"],
  ["without its indentation", step(2, "b", "B: 1\nC: 2"), "a\n  B: 1\n  C: 2\nc\n\nc\nlast"],
  ["the last line, which has no line break", step(6, "last", "x\ny"), "a\n  b\nc\n\nc\nx\ny"],
  ["two lines by none", step(1, "a\n  b", "", 2), "c\n\nc\nlast"],
  ["one by more that begin alike", step(1, "a", "a\nz"), "a\nz\n  b\nc\n\nc\nlast"],
  ["more by one that begins alike", step(1, "a\n  b", "a", 2), "a\nc\n\nc\nlast"],
] as const)("replaces %s, once", (_name, change, wanted) => {
  const once = replaceLines(text, change);
  expect(once).toEqual({ ok: true, text: wanted, changed: true });
  expect(replaceLines(wanted, change)).toEqual({ ok: true, text: wanted, changed: false });
});

test.each([
  ["moved", step(4, "  b", "x"), "place-changed", "line 2"],
  ["changed", step(1, "A", "x"), "place-changed", '"a"'],
  ["gone", step(60, "zzz", "x"), "place-missing", "ends before line 60"],
  ["of another length", step(1, "a", "x", 2), "bad-step", "lines 1 to 2"],
  ["before the first", step(0, "a", "x"), "bad-step", "lines 0 to 0"],
] as const)("refuses a place that is %s", (_name, change, code, words) => {
  const result = replaceLines(text, change);
  if (result.ok) throw new Error("not refused");
  expect(result.refusal.code).toBe(code);
  expect(result.refusal.because).toContain(words);
});

test("a repeated line is not taken away twice", () => {
  expect(replaceLines("x\nx\ny\n", step(1, "x", ""))).toMatchObject({
    ok: false,
    refusal: { code: "ambiguous" },
  });
});

test("whatever the text, lines outside the range keep their bytes and a second time changes nothing", () => {
  const line = fc.constantFrom("a", "  a", "b", "", "a: b", "\tx", "b  ");
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.constantFrom("\n", "\r\n"),
      fc.nat(7),
      fc.nat(3),
      fc.array(line, { maxLength: 3 }),
      (lines, eol, start, length, fresh) => {
        const from = 1 + (start % lines.length);
        const to = Math.min(lines.length, from + length);
        const source = lines.join(eol);
        const change = step(from, lines.slice(from - 1, to).join("\n"), fresh.join("\n"), to);
        const result = replaceLines(source, change);
        if (!result.ok) return;
        expect(
          result.text.startsWith(
            lines
              .slice(0, from - 1)
              .map((one) => one + eol)
              .join(""),
          ),
        ).toBe(true);
        expect(result.text.endsWith(lines.slice(to).join(eol))).toBe(true);
        const again = replaceLines(result.text, change);
        // Lines like those taken away may stand elsewhere; then it says so instead of guessing.
        expect(again.ok ? again.text : result.text).toBe(result.text);
      },
    ),
    { numRuns: 500 },
  );
});
