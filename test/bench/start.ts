// `npm run bench -- start`: how soon the CLI answers, beside an empty Node program.
import type { BenchResult } from "./result.ts";
import { cli, inTurn, timeMs } from "./timed.ts";

export const bench = { name: "start", run: runStart } as const;

async function runStart(): Promise<BenchResult> {
  const ms = inTurn({
    node: () => timeMs(process.execPath, ["-e", "0"]),
    version: () => timeMs(process.execPath, [cli, "--version"]),
    help: () => timeMs(process.execPath, [cli, "--help"]),
  });
  const { node = Number.NaN, version = Number.NaN, help = Number.NaN } = ms;
  return {
    figures: { "node -e 0, ms": node, "--version, ms": version, "--help, ms": help },
    ratios: { "--version over an empty node": version / node, "--help over an empty node": help / node },
    peers: { node: process.version },
  };
}
