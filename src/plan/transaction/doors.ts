// The doors a transaction may go through, and how its scripts get the rights they need on a host.
import type { ClusterDoor, HostDoor, RunResult } from "../../model/door.ts";
import { quoteWord } from "../../model/quote.ts";
import { Refused } from "../edit/refusal.ts";

export interface HostAccess {
  readonly door: HostDoor;
  /** Further names the host is known by: that of the cluster's node, its address. */
  readonly aliases?: readonly string[];
  /** Scripts run as root by `sudo -n` where the login is not root and sudo asks for no password. */
  readonly sudo: boolean;
  /** Where the lock may lie, best first; the first whose folder exists and may be written is taken. */
  readonly lockAt: readonly string[];
}

export interface Doors {
  readonly hosts: readonly HostAccess[];
  readonly cluster?: ClusterDoor;
  /** Files of this machine that are nobody's host: the repository a stack is deployed from. */
  readonly folder?: HostAccess;
}

/** The name of that door; no host can have it. */
export const folderHost = "(folder)";

export const hostLockPlaces = ["/run/lock/watchmend.lock", "/var/lock/watchmend.lock", "/tmp/watchmend.lock"];

/** The host a step names; without a name the only one there is. Undefined: there is no door to it. */
export function hostFor({ hosts, folder }: Doors, name: string | undefined): HostAccess | undefined {
  if (name === folderHost) return folder;
  if (name === undefined) return hosts.length === 1 ? hosts[0] : undefined;
  return hosts.find(({ door }) => door.host === name) ?? hosts.find(({ aliases }) => aliases?.includes(name));
}

const scriptTimeoutMs = 60_000;

export interface ScriptOptions {
  readonly stdin?: Uint8Array | string;
  readonly stdinFrom?: () => AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

/** Runs a script with the rights of root where they can be had. */
export async function runScript(
  { door, sudo }: HostAccess,
  script: string,
  options: ScriptOptions = {},
): Promise<RunResult> {
  const word = quoteWord(script);
  const asRoot = `if [ "$(id -u)" != 0 ] && sudo -n true 2>/dev/null; then exec sudo -n sh -c ${word}; fi; exec sh -c ${word}`;
  return await door.run(sudo ? asRoot : script, { timeoutMs: scriptTimeoutMs, ...options });
}

/** The same for scripts whose failure has no meaning of its own: it refuses with what the host said. */
export async function mustRun(
  access: HostAccess,
  what: string,
  script: string,
  options: ScriptOptions = {},
): Promise<Buffer> {
  const result = await runScript(access, script, options);
  if (result.code === 0 && !result.truncated) return Buffer.from(result.stdout);
  throw new Refused("unreadable", `${what}: ${failureOf(access, result)}`);
}

export function failureOf({ door }: HostAccess, result: RunResult): string {
  if (result.truncated) return `${door.host} answered more than can be held`;
  if (result.timedOut) return `${door.host} did not answer in time`;
  const says = result.stderr.trim().split("\n").at(-1) ?? "";
  return says === "" ? `${door.host}: exit code ${result.code ?? "unknown"}` : says.slice(0, 300);
}
