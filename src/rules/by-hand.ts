// Fixes that a person has to make (a command on a host, an option of a container), in the plan's form.
import type { Fix } from "../model/finding.ts";
import type { Risk } from "../model/plan.ts";

/** One step in words, with the command to paste where there is one. */
export function byHand(summary: string, title: string, command?: string, risk: Risk = "disruptive"): Fix {
  return { summary, risk, steps: [{ do: "by-hand", title, ...(command ? { command } : {}) }] };
}
