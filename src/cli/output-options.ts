// The options that every verb with a result has, declared once.
import { type Command, Option } from "commander";

export const formats = ["terminal", "json", "markdown", "html", "sarif", "junit"] as const;
export type Format = (typeof formats)[number];

export interface OutputOptions {
  readonly format: Format;
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
  readonly showSecrets?: boolean;
}

export function withOutput(command: Command): Command {
  return command
    .addOption(
      new Option("--format <format>", "how to print the result").choices(formats).default("terminal"),
    )
    .option("-o, --output <file>", "write the result to a file instead of stdout")
    .option("-q, --quiet", "no progress and notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)")
    .option("--show-secrets", "do not redact (only on a terminal)");
}
