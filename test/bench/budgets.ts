// What the benchmarks must not exceed, as ratios measured in one run: they hold on any machine.
import type { BenchResult } from "./result.ts";

export interface Budget {
  /** Key in the benchmark's `ratios`. */
  readonly ratio: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  /** What stands behind the number. */
  readonly because: string;
}

/** An empty node takes about 80 ms on the machine the design was measured on. */
export const budgets: Readonly<Record<string, readonly Budget[]>> = {
  start: [
    { ratio: "--version over an empty node", atMost: 1.5, because: "an answer within 120 ms" },
    { ratio: "--help over an empty node", atMost: 1.5, because: "an answer within 120 ms" },
  ],
  folder: [
    { ratio: "diagnose over an empty node", atMost: 12.5, because: "100 files within a second" },
    {
      ratio: "CPU of diagnose over an empty node's",
      atMost: 16,
      because: "the same, on a machine that is shared",
    },
  ],
  validate: [
    {
      ratio: "with canaries over validate and the wait",
      atMost: 1.15,
      because: "lines fly while the rest is read, and nothing else waits",
    },
  ],
  fixes: [
    {
      ratio: "lines beyond the fix over a yaml round trip",
      atMost: 0,
      because: "a fix changes the lines it is about and no other",
    },
  ],
  manifests: [
    { ratio: "lint over an empty node", atMost: 25, because: "5,000 resources in a second, 10,000 in two" },
    {
      ratio: "four times the resources over once",
      atMost: 6,
      because: "lint stays linear in what it is given",
    },
  ],
  deploy: [3, 8, 16].flatMap((size) => [
    ...["plan", "apply"].map((verb) => ({
      ratio: `no-op ${verb} over the floor, ${size} hosts`,
      atMost: 1.5,
      because: "one ssh session and one batched look per host",
    })),
    {
      ratio: `nothing to do: watchmend over ansible (tuned), ${size} hosts`,
      atMost: 1 / 6,
      because: "one look instead of a connection for every task",
    },
  ]),
  logs: [
    { ratio: "quiet throughput to ripgrep", atLeast: 0.5, because: "half of ripgrep, or more" },
    { ratio: "noisy throughput to ripgrep", atLeast: 0.5, because: "half of ripgrep, or more" },
    {
      ratio: "peak memory of a gigabyte over that of an eighth",
      atMost: 1.25,
      because: "memory does not grow with the log",
    },
  ],
};

/** A sentence per budget that does not hold. A ratio that was not measured (no peer) is said, and does not fail. */
export function judge(
  name: string,
  { ratios }: Pick<BenchResult, "ratios">,
): { readonly exceeded: readonly string[]; readonly unmeasured: readonly string[] } {
  const exceeded: string[] = [];
  const unmeasured: string[] = [];
  for (const { ratio, atMost, atLeast, because } of budgets[name] ?? []) {
    const value = ratios[ratio];
    if (value === undefined || Number.isNaN(value)) unmeasured.push(`${name}: ${ratio} was not measured`);
    else if (atMost !== undefined && value > atMost)
      exceeded.push(`${name}: ${ratio} is ${value.toFixed(2)}, at most ${atMost} is allowed (${because})`);
    else if (atLeast !== undefined && value < atLeast)
      exceeded.push(`${name}: ${ratio} is ${value.toFixed(2)}, at least ${atLeast} is needed (${because})`);
  }
  return { exceeded, unmeasured };
}
