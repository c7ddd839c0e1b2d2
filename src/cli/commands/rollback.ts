// The command line of `rollback`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type LiveOptions, withLive } from "../live-options.ts";

export interface RollbackOptions extends LiveOptions {
  readonly export?: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
}

export function addRollback(program: Command): void {
  withLive(
    program
      .command("rollback")
      .description("undo a repair, whole or in part, from its before-images")
      .argument("[id]", "incident or transaction, as watchmend history shows it (default: the last repair)"),
  )
    .option("--dry-run", "say what would be put back and what stands in the way; change nothing")
    .option("--export <folder>", "write a folder to undo it by hand with kubectl and docker; change nothing")
    .option("-q, --quiet", "no notes on stderr")
    .addHelpText(
      "after",
      `
Hosts and the cluster are the ones the repair was made on; name them again only
if they are reached differently from here. What somebody has changed since is
not overwritten: the difference is shown and nothing is done.

Examples:
  watchmend rollback
  watchmend rollback 20260801-031502-9c4e
  watchmend rollback --export ./undo`,
    )
    .action(async (id: string | undefined, options: RollbackOptions) => {
      const { rollback } = await import("../rollback.ts");
      process.exitCode = await rollback(id, options);
    });
}
