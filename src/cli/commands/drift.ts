// The command line of `drift`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type DeployOptions, withDeployment } from "../deploy-options.ts";

export function addDrift(program: Command): void {
  withDeployment(
    program
      .command("drift")
      .description("show what somebody changed on the hosts since the last apply; changes nothing"),
    "write the result to a file instead of stdout",
  )
    .addHelpText(
      "after",
      `
Every apply leaves a record on the host: the hash of each file and of each
container's spec. What differs from it was changed there; what the model wants
otherwise was changed in watchmend.yaml.

Exit codes: 0 no drift, 1 drift, 2 a host could not be seen, 3 none could.

Examples:
  watchmend drift
  watchmend drift --host jenkins-blue
  watchmend drift --format json | jq '.drifted[].subject'`,
    )
    .action(async (options: DeployOptions) => {
      const { driftVerb } = await import("../drift.ts");
      process.exitCode = await driftVerb(options);
    });
}
