// Which readings of clocks say that one is wrong.
import { expect, test } from "vitest";
import { clockFault } from "../../src/rules/clock-difference.ts";

const at = (line: number, source = "date.txt") => ({ source, line });

test("two machines asked in one output", () => {
  const fault = clockFault([
    { at: at(1), host: "a", nowMs: 10_000_000 },
    { at: at(2), host: "b", nowMs: 3_400_000 },
  ]);
  expect(fault?.words).toBe("the clock of b is 1h50m behind that of a");
});

test("readings of different outputs were not taken together", () => {
  expect(
    clockFault([
      { at: at(1), host: "a", nowMs: 10_000_000 },
      { at: at(2, "other.txt"), host: "b", nowMs: 3_400_000 },
    ]),
  ).toBeUndefined();
});

test("one machine against its time source", () => {
  expect(clockFault([{ at: at(1), offsetSeconds: 0.01 }])).toBeUndefined();
  expect(clockFault([{ at: at(1), host: "a", offsetSeconds: -3_600 }])?.words).toBe(
    "the clock of a is 1h behind its time source",
  );
});
