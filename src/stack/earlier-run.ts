// Lines of a run that is over: what a container said before somebody started it again.
import type { Component } from "../model/stack.ts";

/**
 * An engine keeps the log of a container from one start to the next. A container that the engine itself has not started again
 * was started by somebody, who may have changed something: what it said before is about what was.
 */
export function isOfEarlierRun(timeMs: number | undefined, component: Component | undefined): boolean {
  const { startedMs, state, restartCount } = component?.docker ?? {};
  return (
    timeMs !== undefined &&
    startedMs !== undefined &&
    timeMs < startedMs &&
    state === "running" &&
    (restartCount ?? 0) === 0
  );
}
