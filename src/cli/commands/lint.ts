// The command line of `lint`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type OutputOptions, withOutput } from "../output-options.ts";

export interface LintOptions extends OutputOptions {
  readonly fix?: boolean;
  readonly dryRun?: boolean;
  /** False with --no-gitignore. */
  readonly gitignore?: boolean;
  readonly baseline?: string;
  readonly writeBaseline?: string;
}

export function addLint(program: Command): void {
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
      const { lint } = await import("../lint.ts");
      process.exitCode = await lint(path, options);
    });
}
