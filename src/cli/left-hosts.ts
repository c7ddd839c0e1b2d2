// Hosts that have left the model: how they are reached, and what the stack has made there.

import type { HostPlan } from "../model/deployment.ts";
import type { DesiredHost, HostMember } from "../model/desired.ts";
import { UserError } from "../model/errors.ts";
import { destroyHost, ownedPaths } from "../plan/deploy/destroy-host.ts";
import { leftMembers } from "../plan/deploy/host-part.ts";
import { engineOf, lookCloser, type Observed, observeHost } from "../plan/deploy/observe.ts";
import type { HostAccess } from "../plan/transaction/doors.ts";
import type { HostAddress } from "../targets/host/host-name.ts";
import type { Deployment } from "./deployment.ts";

export type LeftHosts = ReadonlyMap<string, HostMember>;

/** As the host of Prometheus remembers them; what it does not know of one lies where its own things lie. */
export function leftHosts(
  { desired, directories }: Pick<Deployment, "desired" | "directories">,
  observed: ReadonlyMap<string, Observed>,
): LeftHosts {
  return new Map(
    desired.hosts.flatMap((host) =>
      Object.values(observed.get(host.name)?.records ?? {}).flatMap((record) =>
        Object.entries(leftMembers(host, record)).map(([name, member]): [string, HostMember] => [
          name,
          { ...member, directory: member.directory ?? directories.get(host.name) ?? "" },
        ]),
      ),
    ),
  );
}

/** A word that names no such host is a slip, and must not pass for done. */
export function checkForgotten(forget: readonly string[], left: LeftHosts): void {
  const unknown = forget.filter((name) => !left.has(name));
  if (unknown.length === 0) return;
  const known = [...left.keys()];
  throw new UserError(
    "usage",
    `${unknown.join(", ")}: no host of that name has left the model`,
    known.length > 0
      ? `Hosts that have left: ${known.join(", ")}.`
      : "The server remembers no host that has left: leave --forget out.",
  );
}

export function addressOfLeft(name: string, member: HostMember): HostAddress {
  const { address, user, port, key, jump } = member;
  return {
    name,
    isLocal: false,
    ...(address === name ? {} : { dial: address }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { key }),
    ...(jump === undefined ? {} : { jump }),
  };
}

/** Only what carries the labels of this stack, and the files its record names. */
export async function planOfLeft(
  access: HostAccess,
  name: string,
  { directory = "", runtime = "docker" }: HostMember,
  stack: string,
): Promise<HostPlan> {
  const desired: DesiredHost = {
    name,
    runtime,
    directories: [],
    files: [],
    secrets: [],
    containers: [],
    notes: [],
  };
  const observed = await observeHost(access, { desired, stack, directory });
  const wish = { stack, directory, desired, observed, left: true } as const;
  const closer = await lookCloser(access, observed, ownedPaths(wish), [], engineOf(desired));
  return destroyHost({ ...wish, observed: closer });
}
