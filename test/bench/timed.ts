// Wall and CPU time of the built CLI, as medians of runs that take turns.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const cli = join(import.meta.dirname, "../../dist/cli/main.js");
export const rounds = 7;

export function timeMs(command: string, args: readonly string[]): number {
  const start = performance.now();
  const run = spawnSync(command, args, { stdio: ["ignore", "ignore", "pipe"], maxBuffer: 1 << 26 });
  if (run.error) throw run.error;
  if (run.status === null || run.status > 2)
    throw new Error(
      `${command} ${args.join(" ")} ended with ${run.status}: ${run.stderr.toString().slice(0, 300)}`,
    );
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** User and system time of a run, in ms: it does not depend on who else uses the machine. */
export function cpuMs(command: string, args: readonly string[]): number {
  const before = childrenCpu();
  timeMs(command, args);
  return childrenCpu() - before;
}

const ticksPerSecond = 100;

/** Linux: the time of all children that have ended. Elsewhere it is not known. */
function childrenCpu(): number {
  try {
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return ((Number(fields[13]) + Number(fields[14])) * 1000) / ticksPerSecond;
  } catch {
    return Number.NaN;
  }
}

/** Runs all in turn (A B A B …) and gives the median of each. */
export function inTurn(runs: Readonly<Record<string, () => number>>): Record<string, number> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(runs).map((name) => [name, []]));
  for (let i = 0; i < rounds; i++) for (const [name, run] of Object.entries(runs)) times[name]?.push(run());
  return Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]));
}
