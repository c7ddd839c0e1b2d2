// The command line of `preflight`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type DeployOptions, withDeployment } from "../deploy-options.ts";

export interface PreflightOptions extends DeployOptions {
  readonly all?: boolean;
}

export function addPreflight(program: Command): void {
  withDeployment(
    program
      .command("preflight")
      .description("look at every host before a deployment: what would stop it, and why; changes nothing"),
    "write the result to a file instead of stdout",
  )
    .option("--all", "show what is as it should be, too")
    .addHelpText(
      "after",
      `
Nothing is installed, pulled or written. For connections between hosts a port
that nobody uses yet is listened on for a moment. plan and apply look the same
way at hosts on which something is to be changed, and leave out those that are
not ready.

Exit codes: 0 nothing stands in the way, 1 something does, 2 something could
not be found out (--accept-unknown lets that pass), 3 the command itself failed.

Examples:
  watchmend preflight
  watchmend preflight -f stacks/prod.yaml --host jenkins1 --host jenkins2
  watchmend preflight --images ./images             hosts without a registry`,
    )
    .action(async (options: PreflightOptions) => {
      const { preflightVerb } = await import("../preflight.ts");
      process.exitCode = await preflightVerb(options);
    });
}
