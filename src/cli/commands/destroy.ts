// The command line of `destroy`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type DeployOptions, withDeployment } from "../deploy-options.ts";

export interface DestroyOptions extends DeployOptions {
  readonly yes?: boolean;
  readonly data?: boolean;
  readonly confirm?: string;
}

export function addDestroy(program: Command): void {
  withDeployment(
    program
      .command("destroy")
      .description("take the stack away from its hosts; only what it made, and data stays")
      .option("--yes", "do not ask")
      .option("--data", "put the data aside as well; asks for the name of the stack")
      .option("--confirm <stack>", "the name of the stack, for --data without a terminal"),
    "write the result to a file instead of stdout",
  )
    .addHelpText(
      "after",
      `
Only containers with the labels of this stack and files that are still as they
were written are taken away. watchmend rollback puts everything back. Data
stays where it lies; with --data its folders are moved aside on the same disk,
and the command that frees the space is shown.

Examples:
  watchmend destroy
  watchmend destroy --host lab --yes
  watchmend destroy --data
  watchmend destroy --data --confirm jenkins --yes`,
    )
    .action(async (options: DestroyOptions) => {
      const { destroyVerb } = await import("../destroy.ts");
      process.exitCode = await destroyVerb(options);
    });
}
