// The command line of `collect`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";

export function addCollect(program: Command): void {
  program
    .command("collect")
    .description("save evidence as a bundle, redacted, with its analysis")
    .requiredOption("--from <path>", "folder, file or archive to read; - for pasted text on stdin")
    .requiredOption("-o, --output <path>", "bundle to write: a folder, or a file ending in .tar.gz")
    .option("-q, --quiet", "no notes on stderr")
    .addHelpText("after", "\nExample:\n  watchmend collect --from ./incident -o incident.tar.gz")
    .action(async (options: { from: string; output: string; quiet?: boolean }) => {
      const { collect } = await import("../collect.ts");
      process.exitCode = await collect(options);
    });
}
