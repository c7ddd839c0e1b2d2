// The options that all verbs of a deployment share: which model, which of its hosts, and how they are reached.
import { type Command, InvalidArgumentError, Option } from "commander";

export interface DeployOptions {
  readonly file: string;
  readonly host?: readonly string[];
  readonly sshConfig?: string;
  readonly identity?: string;
  /** Folder with files of docker save. */
  readonly images?: string;
  readonly acceptUnknown?: boolean;
  readonly backupData?: boolean;
  /** Hosts that have left the model are cleaned. */
  readonly prune?: boolean;
  /** Hosts that have left the model and are given up. */
  readonly forget?: readonly string[];
  readonly format: "terminal" | "json";
  readonly output?: string;
  readonly quiet?: boolean;
  readonly color: boolean;
}

export function withDeployment(command: Command, output: string): Command {
  return command
    .option("-f, --file <file>", "the model of the stack", "watchmend.yaml")
    .option("--host <name>", "only this host of the model (repeatable)", append)
    .option("--ssh-config <file>", "configuration for ssh instead of ~/.ssh/config")
    .option("--identity <file>", "key for ssh, beside those it tries by itself")
    .option("--images <folder>", "files of docker save, for images that hosts cannot pull")
    .option("--accept-unknown", "what could not be found out beforehand stops nothing")
    .addOption(
      new Option("--format <format>", "how to print the result")
        .choices(["terminal", "json"])
        .default("terminal"),
    )
    .option("-o, --output <file>", output)
    .option("-q, --quiet", "no progress and notes on stderr")
    .option("--no-color", "no colours (NO_COLOR works too)");
}

export function withBackup(command: Command): Command {
  return command.option(
    "--backup-data",
    "copy the data of Prometheus and Loki first (done anyway where their version changes)",
  );
}

/** What becomes of hosts that are in the model no more. */
export function withPruning(command: Command): Command {
  return command
    .option("--prune", "take away what the stack has made on hosts that have left the model; data stays")
    .option("--forget <name>", "a host that has left the model and is gone for good (repeatable)", append);
}

/** How much at once, and how much may go wrong. */
export interface RolloutChoice {
  readonly batch: number;
  readonly parallel: number;
  readonly maxFailures?: number;
  /** Seconds. */
  readonly wait: number;
}

export function withRollout(command: Command): Command {
  return command
    .option("--batch <hosts>", "hosts per batch, after the first that goes alone", count(1, 1000), 8)
    .option("--parallel <hosts>", "hosts changed at the same time", count(1, 64), 6)
    .option(
      "--max-failures <hosts>",
      "stop when more hosts than this failed (default: a quarter, at least 1)",
      count(0, 1000),
    )
    .option("--wait <seconds>", "how long a batch may take until data arrives", count(1, 86_400), 180);
}

function append(value: string, before: readonly string[] | undefined): readonly string[] {
  if (value === "") throw new InvalidArgumentError("it is empty.");
  return before?.includes(value) ? before : [...(before ?? []), value];
}

function count(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < least || value > most)
      throw new InvalidArgumentError(`write a whole number from ${least} to ${most}.`);
    return value;
  };
}
