// Suppressions in comments: what they say, which lines they cover, and what is wrong with the others.
import fc from "fast-check";
import { expect, test } from "vitest";
import { readComments } from "../../src/lint/comments.ts";

const read = (text: string): ReturnType<typeof readComments> => readComments("f", text);

test("beside a value, above it, stacked, for a file", () => {
  const { suppressions, bad } = read(
    [
      "# watchmend-ignore-file grafana/*: dashboards are made elsewhere",
      "a: 1 # watchmend-ignore loki/x: known",
      "# watchmend-ignore loki/y, prometheus/z until 2027-01-31: moving: soon",
      "# another comment",
      "# watchmend-ignore loki/w: stacked",
      "b: 2",
    ].join("\r\n"),
  );
  expect(bad).toEqual([]);
  expect(
    suppressions.map(({ kind, rules, until, reason, lines }) => [kind, rules, until, reason, lines]),
  ).toEqual([
    ["file", ["grafana/*"], undefined, "dashboards are made elsewhere", []],
    ["line", ["loki/x"], undefined, "known", [2]],
    ["line", ["loki/y", "prometheus/z"], "2027-01-31", "moving: soon", [3, 6]],
    ["line", ["loki/w"], undefined, "stacked", [5, 6]],
  ]);
});

test.each([
  ["; watchmend-ignore grafana/x: ini"],
  ["// watchmend-ignore alloy/x: alloy"],
  ["  /* watchmend-ignore alloy/x: alloy */"],
  ["{{/* watchmend-ignore helm/x: template */}}"],
  ["key = 1 // watchmend-ignore alloy/x until 2030-12-31: beside"],
  ["#watchmend-ignore a/b:no blanks"],
])("reads %s", (line) => {
  const { suppressions, bad } = read(line);
  expect(bad).toEqual([]);
  expect(suppressions[0]?.reason).toMatch(/^(ini|alloy|template|beside|no blanks)$/);
});

test.each([
  ["# watchmend-ignore loki/x", "no-reason"],
  ["# watchmend-ignore loki/x:   ", "no-reason"],
  ["# watchmend-ignore loki/x until 2027-01-31", "no-reason"],
  ["# watchmend-ignore: everything", "unreadable"],
  ["# watchmend-ignore", "unreadable"],
  ["# watchmend-ignore loki/x until tomorrow: soon", "unreadable"],
  ["# watchmend-ignore loki/x until 2027-02-30: soon", "unreadable"],
  ["# watchmend-ignore loki/x since yesterday: soon", "unreadable"],
])("%s is %s", (line, problem) => {
  const { suppressions, bad } = read(line);
  expect(suppressions).toEqual([]);
  expect(bad[0]?.problem).toBe(problem);
});

test.each([
  "url: http://x/#watchmend-ignore a: b",
  "watchmend-ignore loki/x: text",
  "# watchmend-ignored a/b: c",
  "# see watchmend-ignore a/b: c",
])("%s is no suppression", (line) => {
  expect(read(line)).toEqual({ suppressions: [], bad: [] });
});

test("any text is read without harm, in linear time", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string(), fc.constantFrom("# watchmend-ignore", " until ", "a/b", ",", ":", "*/")),
        { maxLength: 20 },
      ),
      (parts) => {
        read(parts.join(" "));
        read(parts.join("\n"));
      },
    ),
  );
  const start = performance.now();
  read(`# watchmend-ignore ${"a,".repeat(900)}`);
  read(`# watchmend-ignore ${"a ,".repeat(100_000)}`);
  expect(performance.now() - start).toBeLessThan(1000);
});
