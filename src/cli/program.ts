// The verbs and their options. Each verb's code is loaded only when it runs, so that --help and --version start at once.
import { Command, Option } from "commander";
import { version } from "./version.ts";

export const formats = ["terminal", "json", "markdown", "html", "sarif", "junit"] as const;
export type Format = (typeof formats)[number];

export interface OutputOptions {
  readonly format: Format;
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly showSecrets?: boolean;
}

export interface DiagnoseOptions extends OutputOptions {
  readonly from?: string;
  readonly topology?: boolean;
}

export interface LintOptions extends OutputOptions {
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  /** False with --no-gitignore. */
  readonly gitignore?: boolean;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

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

export function buildProgram(): Command {
  const program = new Command("watchmend")
    .description("Keeps self-hosted monitoring stacks alive: finds the root cause with proof.")
    .version(version(), "-V, --version")
    .showHelpAfterError("(run with --help for the options)")
    .exitOverride()
    .configureHelp({ helpWidth: 80 })
    .addHelpText("after", examples);
  addDiagnose(program);
  addLint(program);
  addRemediate(program);
  addCollect(program);
  addExplain(program);
  return program;
}

const examples = `
Exit codes: 0 clean, 1 problems found, 2 could not tell, 3 the command itself failed.

Examples:
  watchmend diagnose --from ./incident/            a folder of saved output
  kubectl logs prometheus-0 -p | watchmend diagnose --from -
  watchmend diagnose --from bundle.tar.gz --format html -o report.html
  watchmend lint ./manifests                       before you deploy
  watchmend explain loki/frontend-worker-port-mismatch
`;

function withOutput(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "how to print the result").choices(formats).default("terminal"),
    )
    .option("-o, --output <file>", "write the result to a file instead of stdout")
    .option("-q, --quiet", "no progress and notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .option("--show-secrets", "do not redact (only on a terminal)");
}

function addDiagnose(program: Command): void {
  withOutput(program.command("diagnose"))
    .description("find the root cause, with proof")
    .option("--from <path>", "bundle, folder, file or archive to read; - for pasted text on stdin")
    .option("--topology", "draw who scrapes, pushes to and queries whom")
    .addHelpText(
      "after",
      `
Reads what people have: kubectl and docker output, logs, configs, bundles,
cluster-info dumps, must-gather folders, one pasted terminal session.

Examples:
  watchmend diagnose --from ./incident/
  pbpaste | watchmend diagnose --from -
  watchmend diagnose --from support-bundle.tar.gz --format json`,
    )
    .action(async (options: DiagnoseOptions) => {
      const { diagnose } = await import("./diagnose.ts");
      process.exitCode = await diagnose(options);
    });
}

function addLint(program: Command): void {
  withOutput(program.command("lint"))
    .description("judge configuration alone: manifests, compose files, configs, dashboards")
    .argument("<path>", "file or folder")
    .option("--fix", "repair the files, changing only the lines concerned")
    .option("--dry-run", "with --fix: show the changes as a diff and write nothing")
    .option("--baseline <file>", "report only what is not in this baseline")
    .option("--write-baseline <file>", "record today's findings as the baseline")
    .option("--no-gitignore", "read files that .gitignore leaves out, too")
    .addHelpText(
      "after",
      `
A finding is silenced by a comment on its line or the line above:
  # watchmend-ignore loki/retention-not-applied until 2027-01-31: moving to S3
for a whole file by watchmend-ignore-file, or in .watchmend-ignore.yaml.

Examples:
  watchmend lint ./deploy
  watchmend lint . --fix --dry-run
  watchmend lint . --format sarif -o lint.sarif
  watchmend lint . --write-baseline .watchmend-baseline.json
  watchmend lint . --baseline .watchmend-baseline.json`,
    )
    .action(async (path: string, options: LintOptions) => {
      const { lint } = await import("./lint.ts");
      process.exitCode = await lint(path, options);
    });
}

function addRemediate(program: Command): void {
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
      const { remediateVerb } = await import("./remediate.ts");
      process.exitCode = await remediateVerb(options);
    });
}

function addCollect(program: Command): void {
  program
    .command("collect")
    .description("save evidence as a bundle, redacted, with its analysis")
    .requiredOption("--from <path>", "folder, file or archive to read; - for pasted text on stdin")
    .requiredOption("-o, --output <path>", "bundle to write: a folder, or a file ending in .tar.gz")
    .option("-q, --quiet", "no notes on stderr")
    .addHelpText("after", "\nExample:\n  watchmend collect --from ./incident -o incident.tar.gz")
    .action(async (options: { from: string; output: string; quiet?: boolean }) => {
      const { collect } = await import("./collect.ts");
      process.exitCode = await collect(options);
    });
}

function addExplain(program: Command): void {
  program
    .command("explain")
    .description("what a rule looks for, why it matters, how to tell it apart")
    .argument("<rule>", "rule id, as findings show it")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText("after", "\nExample:\n  watchmend explain prometheus/data-directory-not-writable")
    .action(async (id: string, options: { color: boolean }) => {
      const { explain } = await import("./explain.ts");
      process.exitCode = explain(id, options);
    });
  program
    .command("rules")
    .description("list all rules")
    .argument("[filter]", "only rules whose id or title contains this")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText("after", "\nExample:\n  watchmend rules loki")
    .action(async (filter: string | undefined, options: { color: boolean }) => {
      const { listRules } = await import("./explain.ts");
      process.exitCode = listRules(filter, options);
    });
}
