// The command line of `render`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, Option } from "commander";

export interface RenderOptions {
  readonly file: string;
  readonly output: string;
  readonly check?: boolean;
  readonly format: "terminal" | "json";
  readonly quiet?: boolean;
}

export function addRender(program: Command): void {
  program
    .command("render")
    .description("write every file of the stack, for a look, a diff or git; touches no host")
    .option("-f, --file <file>", "the model to render", "watchmend.yaml")
    .option("-o, --output <folder>", "where the tree goes", "rendered")
    .option("--check", "write nothing; exit 1 when the tree is not what the model renders to")
    .addOption(
      new Option("--format <format>", "how to print what changed")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("-q, --quiet", "no notes on stderr")
    .addHelpText(
      "after",
      `
hosts/<name>/ is that host's root: absolute paths lie below it. Files that an
earlier render wrote and that are not part of the stack any more are removed;
nothing else in the folder is touched. Secrets are never written.

Examples:
  watchmend render
  watchmend render -f stacks/prod.yaml -o deploy/prod
  watchmend render --check -o deploy/prod          in CI: is the tree current?
  watchmend render && watchmend lint rendered`,
    )
    .action(async (options: RenderOptions) => {
      const { renderVerb } = await import("../render.ts");
      process.exitCode = renderVerb(options);
    });
}
