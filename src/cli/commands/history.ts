// The command line of `history`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, Option } from "commander";

export interface HistoryOptions {
  readonly format: "terminal" | "json";
  readonly color: boolean;
}

export function addHistory(program: Command): void {
  program
    .command("history")
    .description("repairs made from this machine: incidents, steps, what became of them")
    .argument("[id]", "only this incident or transaction, with its steps")
    .addOption(
      new Option("--format <format>", "how to print it").choices(["terminal", "json"]).default("terminal"),
    )
    .option("--no-color", "no colours (NO_COLOR works too)")
    .addHelpText("after", "\nExamples:\n  watchmend history\n  watchmend history 20260801-031502-9c4e")
    .action(async (id: string | undefined, options: HistoryOptions) => {
      const { history } = await import("../history.ts");
      process.exitCode = history(id, options);
    });
}
