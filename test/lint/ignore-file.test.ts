// .watchmend-ignore.yaml: what it may say, and the line of what it may not.
import { expect, test } from "vitest";
import { readIgnoreFile } from "../../src/lint/read-ignore-file.ts";

test("reads suppressions and exclusions with their lines", () => {
  const text = `# house rules
suppressions:
  - rule: loki/retention-not-applied
    paths: deploy/**
    reason: moving to S3
    until: 2027-01-31
  - rule: [grafana/*, docker/latest-tag]
    subject: mon/grafana
    reason: pinned by the platform team
exclude:
  - vendor
`;
  expect(readIgnoreFile(".watchmend-ignore.yaml", text)).toEqual({
    suppressions: [
      {
        kind: "listed",
        rules: ["loki/retention-not-applied"],
        paths: ["deploy/**"],
        reason: "moving to S3",
        until: "2027-01-31",
        at: { source: ".watchmend-ignore.yaml", line: 3 },
      },
      {
        kind: "listed",
        rules: ["grafana/*", "docker/latest-tag"],
        paths: [],
        subject: "mon/grafana",
        reason: "pinned by the platform team",
        at: { source: ".watchmend-ignore.yaml", line: 7 },
      },
    ],
    exclude: ["vendor"],
  });
});

test.each(["", "# nothing yet\n", "suppressions: []\n"])("an empty file (%j) is fine", (text) => {
  expect(readIgnoreFile("f", text)).toEqual({ suppressions: [], exclude: [] });
});

test.each([
  ["suppressions:\n  - rule: a/b\n", 2, /suppressions\[0\]\.reason: /],
  ["suppressions:\n  - rule: a/b\n    reason: '  '\n", 3, /a reason is required/],
  ["suppressions:\n  - rule: a/b\n    reason: x\n    until: soon\n", 4, /day of the form YYYY-MM-DD/],
  ["suppressions:\n  - rule: a/b\n    reason: x\n    until: 2027-02-30\n", 4, /day of the form YYYY-MM-DD/],
  ["suppressions:\n  - rule: a/b\n    reason: x\n    untill: 2027-01-01\n", 4, /Unrecognized key: "untill"/],
  ["exclude: vendor\n", 1, /exclude: /],
  ["a: [1\n", 2, /flow/i],
  ["- a\n", 1, /expected object/],
])("%j: line %i", (text, line, message) => {
  const faults = readIgnoreFile("f", text);
  if (!Array.isArray(faults)) throw new Error("no fault found");
  expect(faults[0]?.line).toBe(line);
  expect(faults[0]?.message).toMatch(message);
});

test("a bomb of aliases is an error, not a hang", () => {
  const bomb = `a: &a [x, x]\n${[..."bcdefghijklmnop"].map((name, i) => `${name}: &${name} [${`*${"abcdefghijklmno"[i]},`.repeat(9)}]`).join("\n")}\n`;
  const start = performance.now();
  expect(readIgnoreFile("f", bomb)).toMatchObject([{ line: 1 }]);
  expect(performance.now() - start).toBeLessThan(2000);
});
