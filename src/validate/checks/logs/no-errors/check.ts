// What the parts say of themselves at error level or worse, by the level they wrote and not by words in the text.
import { defineCheck, type VerdictDraft } from "../../../../model/check.ts";
import type { Component, Stack } from "../../../../model/stack.ts";
import type { LogLevel, TextLine } from "../../../../model/text.ts";
import { isOfEarlierRun } from "../../../../stack/earlier-run.ts";
import { componentOfLine } from "../../../../stack/find.ts";
import { monitored } from "../../../subjects.ts";

/** Milliseconds. Older lines are history, as with restarts. */
const recent = 3_600_000;
const bad: ReadonlySet<LogLevel> = new Set<LogLevel>(["error", "fatal"]);

export const check = defineCheck({
  id: "logs/no-errors",
  suite: "logs",
  proves: "no part of the stack has logged an error within the last hour",
  needs: ["text.lines"],
  after: ["pods/ready", "pods/containers-running"],
  hints: [],
  decideWith: "kubectl -n NAMESPACE logs POD --all-containers --since=1h; docker logs --since 1h CONTAINER",
  absent: () => undefined,
  run({ facts, stack, nowMs }) {
    const lines = facts["text.lines"].filter(({ stream }) => stream === "log");
    return monitored(stack).map((component) => judge(component, lines, stack, nowMs));
  },
});

function judge(
  component: Component,
  lines: readonly TextLine[],
  stack: Stack,
  nowMs: number | undefined,
): VerdictDraft {
  const base = { subject: { kind: "component", id: component.id } as const, component: component.id };
  const own = lines.filter((line) => !line.previous && componentOfLine(stack, line)?.id === component.id);
  if (own.length === 0)
    return { ...base, state: "unknown", says: `no log line of ${component.id} was read`, proof: [] };
  const all = own.filter(
    ({ level, timeMs }) =>
      level !== undefined &&
      bad.has(level) &&
      (timeMs === undefined || nowMs === undefined || nowMs - timeMs < recent),
  );
  // As with the previous log of a pod: what ended a run that somebody put right is no error of this one.
  const errors = all.filter(({ timeMs }) => !isOfEarlierRun(timeMs, component));
  const fatal = errors.findLast(({ level }) => level === "fatal");
  const last = fatal ?? errors.at(-1);
  if (!last)
    return {
      ...base,
      state: "pass",
      says:
        all.length === 0
          ? `${component.id} has logged no error within the last hour`
          : `${component.id} has logged no error since it was started again (${all.length} before)`,
      proof: [],
    };
  const times = errors.reduce((sum, { count }) => sum + (count ?? 1), 0);
  const says = `${component.id} logged ${times === 1 ? "1 error" : `${times} errors`}; the last: ${(last.msg ?? last.text).trim().slice(0, 160)}`;
  return { ...base, state: fatal ? "fail" : "warn", says, proof: [last.at] };
}
