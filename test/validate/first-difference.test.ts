// What a process prints of its configuration differs from the file in form; only what it means counts.
import { expect, test } from "vitest";
import { firstDifference } from "../../src/validate/first-difference.ts";

test.each([
  ["rules/*.yml", "/etc/prometheus/rules/*.yml"],
  ["./rules/a.yml", "/etc/prometheus/rules/a.yml"],
  ["targets/{a,b}.json".replace(",", ""), "/srv/targets/{ab}.json"],
  ["60s", "1m"],
])("%s and %s are the same", (written, printed) => {
  expect(firstDifference({ x: [written] }, { x: [printed] })).toBeUndefined();
});

test.each([
  ["rules/*.yml", "/etc/prometheus/other/*.yml"],
  ["/etc/rules/*.yml", "/srv/etc/rules/*.yml"],
  ["a.yml", "/etc/prometheus/ba.yml"],
  ["/etc/prometheus/rules/*.yml", "rules/*.yml"],
  ["15s", "1m"],
])("%s and %s are not", (written, printed) => {
  expect(firstDifference({ x: [written] }, { x: [printed] })?.pointer).toBe("/x/0");
});
