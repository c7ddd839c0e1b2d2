// The command line of `apply`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import {
  type DeployOptions,
  type RolloutChoice,
  withBackup,
  withDeployment,
  withPruning,
  withRollout,
} from "../deploy-options.ts";

export interface ApplyOptions extends DeployOptions, RolloutChoice {
  readonly yes?: boolean;
}

export function addApply(program: Command): void {
  withRollout(
    withPruning(
      withBackup(
        withDeployment(
          program
            .command("apply")
            .description("bring the hosts of the stack to what the model says, and prove that data arrives")
            .argument("[plan]", "a plan saved by plan -o FILE; a stale one is refused")
            .option("--yes", "do not ask"),
          "write the result to a file instead of stdout",
        ),
      ),
    ),
  )
    .addHelpText(
      "after",
      `
Agents come before servers, one host alone first, the others in batches. Each
host's part is a transaction: its things are locked and saved first, and put
back if it does not work. After each batch data must arrive: fresh samples of
every target, a line sent through every log agent, answering data sources.
What a killed run left half done is put back by the next one.

Without a terminal and without --yes the plan is shown and nothing is changed.

For those who know ansible-playbook: --limit is --host, --serial is --batch,
--forks is --parallel, max_fail_percentage is --max-failures, --check --diff is
watchmend plan. There is nothing to resume: apply does what is not done yet.

Exit codes: 0 everything is as the model says and data arrives, 1 something was
put back or is pending, 2 a host could not be reached, 3 none could.

Examples:
  watchmend apply
  watchmend apply --yes --batch 4 --max-failures 0
  watchmend plan -o plan.json && watchmend apply plan.json --yes
  watchmend apply --backup-data          copies the stack's data first
  watchmend apply --prune                cleans hosts that left the model, too
  watchmend rollback                     takes the last apply back`,
    )
    .action(async (plan: string | undefined, options: ApplyOptions) => {
      const { applyVerb } = await import("../apply.ts");
      process.exitCode = await applyVerb(plan, options);
    });
}
