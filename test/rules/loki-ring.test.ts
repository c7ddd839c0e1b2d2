// Which complaints about live replicas belong to a start.
import { expect, test } from "vitest";
import type { TextLine } from "../../src/model/text.ts";
import { belongsToStart, ringFaults } from "../../src/rules/loki-ring.ts";

const at = (timeMs: number, text: string): TextLine => ({
  at: { source: "loki.log", line: 1 },
  text,
  stream: "log",
  streamId: "loki.log",
  index: 0,
  timeMs,
});

test("within a minute after the start, and before it was up", () => {
  const hit = at(30_000, "at least 1 live replicas required, could only find 0");
  expect(belongsToStart([hit], [at(10_000, 'msg="Starting Loki"')])).toBe(true);
  expect(belongsToStart([hit], [at(40_000, 'msg="Loki started"')])).toBe(true);
  expect(belongsToStart([hit], [])).toBe(false);
});

test("long after the start, or without a time, it does not", () => {
  const start = at(10_000, 'msg="Starting Loki"');
  expect(belongsToStart([at(900_000, "could only find 0")], [start])).toBe(false);
  const { timeMs: _time, ...timeless } = at(0, "could only find 0");
  expect(belongsToStart([timeless], [start])).toBe(false);
});

test("members that left or only read are no fault", () => {
  const member = (id: string, state: string) => ({ at: { source: "ring.json" }, id, state });
  expect(
    ringFaults([member("a", "ACTIVE"), member("b", "LEFT"), member("c", "UNHEALTHY")]).map(({ id }) => id),
  ).toEqual(["c"]);
});
