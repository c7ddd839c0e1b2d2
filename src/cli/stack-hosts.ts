// The hosts of a model as places to go to: address, user, key and way of each, all of them in turn.
import type { StackFile, StackHost } from "../model/stack-file.ts";
import { createTurns } from "../targets/host/connect-turns.ts";
import { type HostSession, openHost } from "../targets/host/door.ts";

/** Below MaxStartups (10), for they may all go through one jump host. */
const connectsAtOnce = 6;

export interface WayOptions {
  readonly sshConfig?: string;
  readonly identity?: string;
}

/** Nothing is connected before something is asked. By the names of the model. */
export function openStackHosts(stack: StackFile, options: WayOptions): ReadonlyMap<string, HostSession> {
  const turns = createTurns(connectsAtOnce);
  return new Map(stack.hosts.map((host) => [host.name, openStackHost(host, options, turns)]));
}

function openStackHost(
  { address, ssh }: StackHost,
  { sshConfig, identity }: WayOptions,
  turns: ReturnType<typeof createTurns>,
): HostSession {
  const key = ssh.key?.replace(/^~(?=\/)/, process.env.HOME ?? "~") ?? identity;
  const isLocal = /^(?:127\.|::1$|localhost$)/.test(address);
  return openHost(
    {
      name: address,
      isLocal,
      ...(ssh.user === undefined ? {} : { user: ssh.user }),
      ...(ssh.port === undefined ? {} : { port: ssh.port }),
    },
    {
      turns,
      ...(sshConfig === undefined ? {} : { config: sshConfig }),
      ...(key === undefined ? {} : { identity: key }),
      ...(ssh.jump === undefined ? {} : { jump: ssh.jump }),
    },
  );
}
