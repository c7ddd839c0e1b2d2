// Which hosts the options name and how they are reached, without what reads them: a deployment needs no more.
import { existsSync } from "node:fs";
import { UserError } from "../model/errors.ts";
import { createTurns } from "../targets/host/connect-turns.ts";
import type { SshOptions } from "../targets/host/door.ts";
import { type HostAddress, parseHostAddress } from "../targets/host/host-name.ts";
import type { LiveOptions } from "./live-options.ts";

/** Below MaxStartups (10), for they may all go through one jump host. */
export const connectsAtOnce = 6;

/** The hosts that the options name, and how they are reached. */
export function hostChoice({ host = [], modelHosts = [], sshConfig, identity, known }: LiveOptions): {
  readonly addresses: readonly HostAddress[];
  readonly ssh: SshOptions;
} {
  for (const [option, file] of [
    ["--ssh-config", sshConfig],
    ["--identity", identity],
  ] as const)
    if (file !== undefined && !existsSync(file))
      throw new UserError(
        "path-not-found",
        `${file} does not exist`,
        `Name an existing file with ${option}.`,
      );
  const named = host.map((text) => known?.find(({ name }) => name === text) ?? addressOf(text));
  const addresses = distinct([...named, ...modelHosts]);
  const turns = createTurns(connectsAtOnce);
  const ssh = {
    turns,
    ...(sshConfig === undefined ? {} : { config: sshConfig }),
    ...(identity === undefined ? {} : { identity }),
  };
  return { addresses, ssh };
}

function addressOf(text: string): HostAddress {
  const address = parseHostAddress(text);
  if (address) return address;
  throw new UserError(
    "usage",
    `${text} is no host`,
    "Write --host [user@]name[:port], an alias of ~/.ssh/config, or local for this machine.",
  );
}

/** A host named twice would be judged as two. */
function distinct(addresses: readonly HostAddress[]): readonly HostAddress[] {
  const byName = new Map<string, HostAddress>();
  for (const address of addresses) {
    if (byName.has(address.name))
      throw new UserError(
        "usage",
        `the host ${address.name} is named twice`,
        "Name each host once; give each an alias of its own in ~/.ssh/config when they differ by user or port only.",
      );
    byName.set(address.name, address);
  }
  return [...byName.values()];
}
