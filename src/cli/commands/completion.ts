// The command line of `completion`. Its code is loaded only when it runs, so that --help starts at once.
import { Argument, type Command } from "commander";

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

export function addCompletion(program: Command): void {
  program
    .command("completion")
    .description("print a script that completes verbs, options and rule ids")
    .addArgument(new Argument("<shell>", "the shell it is for").choices(shells))
    .addHelpText(
      "after",
      `
It is made for this version; load it when the shell starts and it stays right.

Examples:
  source <(watchmend completion bash)              in ~/.bashrc
  source <(watchmend completion zsh)               in ~/.zshrc, after compinit
  watchmend completion fish | source               in ~/.config/fish/config.fish`,
    )
    .action(async (shell: Shell) => {
      const { completion } = await import("../completion.ts");
      completion(shell, program);
    });
}
