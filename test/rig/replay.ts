// `--replay`: what failed is played once more at the end, so that one hiccup of a busy machine is told from a defect; it is named either way.
import type { Parts } from "./parts/index.ts";
import { say } from "./process/progress.ts";
import { type Outcome, playAll, type Theatre } from "./runner.ts";

/** More failures than this are no hiccup, and playing them again would only take time. */
const mostReplayed = 3;

export interface Replayed {
  readonly outcomes: readonly Outcome[];
  /** Scenarios that failed and passed the second time. */
  readonly flaky: readonly string[];
}

export async function replayFailed(
  first: readonly Outcome[],
  parts: Parts,
  theatre: Theatre,
  stopped: AbortSignal,
): Promise<Replayed> {
  const failed = first.filter(({ error }) => error !== undefined);
  if (failed.length === 0 || failed.length > mostReplayed || stopped.aborted)
    return { outcomes: first, flaky: [] };
  say(`playing ${failed.length} once more`);
  const plan = failed.map(({ suite, scenario }) => ({ suite, scenario }));
  const again = await playAll(plan, parts, theatre, stopped);
  const second = new Map(again.map((outcome) => [outcome.scenario.name, outcome]));
  return {
    outcomes: first.map((outcome) => second.get(outcome.scenario.name) ?? outcome),
    flaky: again
      .filter(({ error }) => error === undefined)
      .map(({ suite, scenario }) => `${suite}/${scenario.name}`),
  };
}
