// The command line of `remediate`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, InvalidArgumentError, Option } from "commander";
import { type LiveOptions, withLive } from "../live-options.ts";

export interface RemediateOptions extends LiveOptions {
  readonly from?: string;
  readonly work?: string;
  readonly html?: string;
  readonly files?: string;
  readonly plan?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly maxRisk?: "safe" | "disruptive";
  readonly latent?: boolean;
  readonly openFirewall?: boolean;
  readonly allowPrivileged?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Seconds. */
  readonly wait?: number;
  readonly format: "terminal" | "json";
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function addRemediate(program: Command): void {
  withLive(
    program
      .command("remediate")
      .description("repair what is at the root, and diagnose again until nothing is wrong")
      .option("--from <path>", "a recorded outage, or any evidence to plan from"),
  )
    .option("--files <folder>", "repair the same causes in the files the stack is deployed from")
    .option("--only <ids...>", "repair only these findings (ids or rules)")
    .option("--skip <ids...>", "leave these findings alone (ids or rules)")
    .addOption(
      new Option("--max-risk <risk>", "carry out no fix of a higher risk").choices(["safe", "disruptive"]),
    )
    .option("--latent", "repair faults that are masked for now in the same go")
    .option("--open-firewall", "let the one address that is kept out in to the one port it needs")
    .option("--allow-privileged", "with --yes: let a fix give a container all rights on its host")
    .option("--yes", "carry out the plan without asking")
    .option("--dry-run", "check everything, show the plan, change nothing")
    .option("--wait <seconds>", "how long a change may take to show its effect (default: 180)", seconds)
    .option("--plan <file>", "carry out a plan saved by --dry-run -o FILE; a stale one is refused")
    .option("--work <folder>", "for a recorded outage: where the repaired copy goes (a new or empty folder)")
    .option("--html <file>", "write a report of the first round as a web page")
    .addOption(
      new Option("--format <format>", "how to print the result")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("-o, --output <file>", "write the result to a file; live with --dry-run: the plan, to be saved")
    .option("-q, --quiet", "no progress and notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText(
      "after",
      `
Live systems are repaired in a transaction: what is touched is locked and saved
first, each step is asked for, and what does not help is put back by itself.
Without a terminal and without --yes the plan is shown and nothing is changed.

A recorded outage is a folder with world.yaml: its files are copied to the work
folder and repaired there, and what is seen of the system follows from the
repair. From other evidence the plan is shown, with the commands to run.

Examples:
  watchmend remediate --context prod --host node1
  watchmend remediate --host server --files ./deploy --dry-run
  watchmend remediate --context prod --dry-run -o plan.json
  watchmend remediate --context prod --plan plan.json --yes
  watchmend remediate --from examples/outage --work ./repaired
  watchmend rollback                               undoes the last repair`,
    )
    .action(async (options: RemediateOptions) => {
      const { remediateVerb } = await import("../remediate.ts");
      process.exitCode = await remediateVerb(options);
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || value > 86_400)
    throw new InvalidArgumentError("write a number of seconds.");
  return value;
}
