// The hosts of watchmend.yaml as they are reached over ssh: by their own names in everything that is said of them.
import type { StackFile } from "../model/stack-file.ts";
import type { HostAddress } from "../targets/host/host-name.ts";

/** Hosts of a cluster are read through its API. */
export function modelHosts(stack: StackFile): readonly HostAddress[] {
  return stack.hosts
    .filter((host) => host.kubernetes === undefined && host.runtime !== "kubernetes")
    .map(({ name, address, ssh: { user, port, key, jump } }) => ({
      name,
      isLocal: false,
      ...(address === name ? {} : { dial: address }),
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
      ...(key === undefined ? {} : { key }),
      ...(jump === undefined ? {} : { jump }),
    }));
}
