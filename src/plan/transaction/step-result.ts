// What is reported of a step, from what the look at it said.
import type { StepResult } from "../../model/remediation.ts";
import type { Looked } from "./look-all.ts";

/** The locks could not be had: of what was planned nothing was begun. */
export function notBegun(looked: Looked): StepResult {
  const result = resultOf(looked);
  return result.state === "done" ? { step: looked.step, state: "refused", because: "not begun" } : result;
}

export function resultOf({ step, look }: Looked): StepResult {
  switch (look.state) {
    case "change":
      return {
        step,
        state: "done",
        before: look.before,
        after: look.after,
        where: look.subject,
        ...(look.notes?.[0] === undefined ? {} : { because: look.notes.join("; ") }),
      };
    case "already":
      return { step, state: "already", where: look.subject };
    case "left":
      return {
        step,
        state: "left",
        because: look.because,
        ...(look.command ? { command: look.command } : {}),
      };
    case "refused":
      return { step, state: "refused", because: look.because };
  }
}
