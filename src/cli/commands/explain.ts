// The command lines of `explain` and `rules`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("what a rule looks for, why it matters, how to tell it apart")
    .argument("<rule>", "rule id, as findings show it")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText("after", "\nExample:\n  watchmend explain prometheus/data-directory-not-writable")
    .action(async (id: string, options: { color: boolean }) => {
      const { explain } = await import("../explain.ts");
      process.exitCode = explain(id, options);
    });
  program
    .command("rules")
    .description("list all rules")
    .argument("[filter]", "only rules whose id or title contains this")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText("after", "\nExample:\n  watchmend rules loki")
    .action(async (filter: string | undefined, options: { color: boolean }) => {
      const { listRules } = await import("../explain.ts");
      process.exitCode = listRules(filter, options);
    });
}
