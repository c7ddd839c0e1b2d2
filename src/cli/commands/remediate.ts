// The command line of `remediate`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, Option } from "commander";

export interface RemediateOptions {
  readonly from?: string;
  readonly work?: string;
  readonly html?: string;
  readonly only?: readonly string[];
  readonly latent?: boolean;
  readonly dryRun?: boolean;
  readonly format: "terminal" | "json";
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function addRemediate(program: Command): void {
  program
    .command("remediate")
    .description("repair what is at the root, and diagnose again until nothing is wrong")
    .option("--from <path>", "a recorded outage, or any evidence to plan from")
    .option("--work <folder>", "where the repaired copy goes (a new or empty folder)")
    .option("--html <file>", "write a report of the first round as a web page")
    .option("--only <ids...>", "repair only these findings")
    .option("--latent", "repair faults that are masked for now in the same go")
    .option("--dry-run", "show the plan and change nothing")
    .addOption(
      new Option("--format <format>", "how to print the result")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("-o, --output <file>", "write the result to a file instead of stdout")
    .option("-q, --quiet", "no progress and notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText(
      "after",
      `
A recorded outage is a folder with world.yaml: its files are copied to the work
folder and repaired there, and what is seen of the system follows from the
repair. From other evidence the plan is shown, with the commands to run.

Examples:
  watchmend remediate --from examples/outage --work ./repaired
  watchmend remediate --from ./incident --dry-run`,
    )
    .action(async (options: RemediateOptions) => {
      const { remediateVerb } = await import("../remediate.ts");
      process.exitCode = await remediateVerb(options);
    });
}
