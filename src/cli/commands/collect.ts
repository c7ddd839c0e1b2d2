// The command line of `collect`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type LiveOptions, withLive } from "../live-options.ts";

export interface CollectOptions extends LiveOptions {
  readonly from?: string;
  readonly output: string;
}

export function addCollect(program: Command): void {
  withLive(
    program
      .command("collect")
      .description("save evidence as a bundle, redacted, with its analysis")
      .option("--from <path>", "folder, file or archive to read; - for pasted text on stdin"),
  )
    .requiredOption("-o, --output <path>", "bundle to write: a folder, or a file ending in .tar.gz")
    .option("-q, --quiet", "no progress and notes on stderr")
    .addHelpText(
      "after",
      `
Live systems are only read, never changed; values of Secrets are never read.
Ctrl-C leaves a valid bundle of what was read until then.

Examples:
  watchmend collect --context prod -o incident.tar.gz
  watchmend collect --context prod --namespace monitoring -o ./incident
  watchmend collect --from ./incident -o incident.tar.gz`,
    )
    .action(async (options: CollectOptions) => {
      const { collect } = await import("../collect.ts");
      process.exitCode = await collect(options);
    });
}
