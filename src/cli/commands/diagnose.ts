// The command line of `diagnose`. Its code is loaded only when it runs, so that --help starts at once.
import type { Command } from "commander";
import { type LiveOptions, withLive } from "../live-options.ts";
import { type OutputOptions, withOutput } from "../output-options.ts";

export interface DiagnoseOptions extends OutputOptions, LiveOptions {
  readonly quiet?: boolean;
  readonly from?: string;
  readonly topology?: boolean;
  readonly save?: string;
}

export function addDiagnose(program: Command): void {
  withOutput(
    withLive(
      program
        .command("diagnose")
        .description("find the root cause, with proof")
        .option("--from <path>", "bundle, folder, file or archive to read; - for pasted text on stdin"),
    ),
  )
    .option("--topology", "draw who scrapes, pushes to and queries whom")
    .option("--save <path>", "keep what was read as a bundle, too: a folder, or a file ending in .tar.gz")
    .addHelpText(
      "after",
      `
Reads live systems (--context, --namespace, --host), without changing them, or
what people have: kubectl and docker output, logs, configs, bundles,
cluster-info dumps, must-gather folders, one pasted terminal session.

Examples:
  watchmend diagnose --context prod
  watchmend diagnose --context prod --namespace monitoring --topology
  watchmend diagnose --context prod --save incident.tar.gz
  watchmend diagnose --from ./incident/
  pbpaste | watchmend diagnose --from -
  watchmend diagnose --from support-bundle.tar.gz --format json`,
    )
    .action(async (options: DiagnoseOptions) => {
      const { diagnose } = await import("../diagnose.ts");
      process.exitCode = await diagnose(options);
    });
}
