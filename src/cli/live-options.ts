// The options that say which live systems are read, declared once for every verb that reads them.
import { type Command, InvalidArgumentError, Option } from "commander";
import { formatDuration, parseDuration } from "../model/duration.ts";
import type { ReadLimits } from "../model/target.ts";
import type { HostAddress } from "../targets/host/host-name.ts";

export interface LiveOptions {
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly namespace?: readonly string[];
  readonly inCluster?: boolean;
  /** Hosts whose way was written down elsewhere: in a model, or in a journal. */
  readonly known?: readonly HostAddress[];
  readonly host?: readonly string[];
  /** No option: the hosts of watchmend.yaml, where no live system is named. */
  readonly modelHosts?: readonly HostAddress[];
  readonly sshConfig?: string;
  readonly identity?: string;
  /** Milliseconds. */
  readonly since: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly quiet?: boolean;
}

const MiB = 1024 * 1024;

export function withLive(command: Command): Command {
  return command
    .option("--context <name>", "cluster to read, by its context in the kubeconfig")
    .option("--kubeconfig <file>", "kubeconfig to use instead of kubectl's own choice")
    .option("--namespace <name>", "read only this namespace (repeatable; default: all)", append)
    .option("--in-cluster", "read the cluster this runs in, with its service account")
    .option(
      "--host <destination>",
      "host to read over ssh: [user@]name[:port] or ssh alias; local: this machine (repeatable)",
      append,
    )
    .option("--ssh-config <file>", "configuration for ssh instead of ~/.ssh/config")
    .option("--identity <file>", "key for ssh, beside those it tries by itself")
    .addOption(timed("--since <duration>", "how far back logs are read", 86_400_000))
    .addOption(timed("--timeout <duration>", "how long one answer may take", 20_000));
}

export function limitsOf(options: LiveOptions): ReadLimits {
  return {
    itemTimeoutMs: options.timeout,
    itemBytes: 32 * MiB,
    logBytes: 2 * MiB,
    sinceSeconds: Math.ceil(options.since / 1_000),
    parallel: 8,
  };
}

function timed(flags: string, description: string, milliseconds: number): Option {
  return new Option(flags, description)
    .argParser(duration)
    .default(milliseconds, formatDuration(milliseconds));
}

function append(value: string, before: readonly string[] | undefined): readonly string[] {
  if (value === "") throw new InvalidArgumentError("it is empty.");
  return before?.includes(value) ? before : [...(before ?? []), value];
}

function duration(text: string): number {
  const milliseconds = parseDuration(/^\d+$/.test(text) ? `${text}s` : text);
  if (milliseconds === undefined || milliseconds < 1_000)
    throw new InvalidArgumentError(
      `write a time of at least ${formatDuration(1_000)}, such as 90s, 15m or 2h.`,
    );
  return milliseconds;
}
