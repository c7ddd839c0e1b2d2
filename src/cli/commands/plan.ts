// The command line of `plan`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type DeployOptions, withBackup, withDeployment, withPruning } from "../deploy-options.ts";

export function addPlan(program: Command): void {
  withPruning(
    withBackup(
      withDeployment(
        program
          .command("plan")
          .description("show what apply would change on the hosts of the stack; changes nothing"),
        "save the plan to a file that apply takes",
      ),
    ),
  )
    .addHelpText(
      "after",
      `
Every host is read in one ssh session with at most two commands. The plan shows
the difference of each file and each field of a container, what restarts, how
long nothing is scraped, and whose data is touched. Secrets are never shown.
Where something is to be changed, what watchmend preflight finds is noted, too.

Exit codes: 0 nothing to do, 1 changes are pending, 2 a host could not be seen,
3 none could, or the model is wrong.

Examples:
  watchmend plan
  watchmend plan -f stacks/prod.yaml --host jenkins-blue
  watchmend plan -o plan.json && watchmend apply plan.json --yes
  watchmend plan --backup-data -o plan.json        with a copy of the data first
  watchmend plan --format json`,
    )
    .action(async (options: DeployOptions) => {
      const { planVerb } = await import("../plan.ts");
      process.exitCode = await planVerb(options);
    });
}
