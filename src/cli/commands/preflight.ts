// The command line of `preflight`. Its code is loaded only when it runs, so that --help starts at once.
import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDuration } from "../../model/duration.ts";

export interface PreflightOptions {
  readonly file: string;
  readonly host?: readonly string[];
  readonly images?: string;
  readonly acceptUnknown?: boolean;
  readonly all?: boolean;
  readonly sshConfig?: string;
  readonly identity?: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly format: "terminal" | "json";
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function addPreflight(program: Command): void {
  program
    .command("preflight")
    .description("look at every host before a deployment: what would stop it, and why; changes nothing")
    .option("-f, --file <file>", "the model to deploy", "watchmend.yaml")
    .option("--host <names...>", "only these hosts of the model")
    .option("--images <folder>", "files of docker save, for images that hosts cannot pull")
    .option("--accept-unknown", "what could not be found out stops nothing")
    .option("--all", "show what is as it should be, too")
    .option("--ssh-config <file>", "configuration for ssh instead of ~/.ssh/config")
    .option("--identity <file>", "key for ssh, where the model names none")
    .addOption(
      new Option("--timeout <duration>", "how long one answer may take")
        .argParser(duration)
        .default(20_000, "20s"),
    )
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
Nothing is installed, pulled or written. For connections between hosts a port
that nobody uses yet is listened on for a moment.

Exit codes: 0 nothing stands in the way, 1 something does, 2 something could
not be found out (--accept-unknown lets that pass), 3 the command itself failed.

Examples:
  watchmend preflight
  watchmend preflight -f stacks/prod.yaml --host jenkins1 jenkins2
  watchmend preflight --images ./images             hosts without a registry`,
    )
    .action(async (options: PreflightOptions) => {
      const { preflightVerb } = await import("../preflight.ts");
      process.exitCode = await preflightVerb(options);
    });
}

function duration(text: string): number {
  const milliseconds = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  if (milliseconds === undefined || milliseconds < 1_000)
    throw new InvalidArgumentError("write a time of at least 1s, such as 30s or 2m.");
  return milliseconds;
}
