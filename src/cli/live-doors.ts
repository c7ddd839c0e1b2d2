// The doors that changes go through: to the same systems that the same options name for reading.
import { tmpdir } from "node:os";
import { join } from "node:path";
import { given } from "../model/given.ts";
import { type Doors, folderHost, type HostAccess, hostLockPlaces } from "../plan/transaction/doors.ts";
import type { Begun, ReachOptions } from "../plan/transaction/entry.ts";
import { createTurns } from "../targets/host/connect-turns.ts";
import { openHost } from "../targets/host/door.ts";
import { parseHostAddress } from "../targets/host/host-name.ts";
import { type LiveOptions, limitsOf } from "./live-options.ts";

export interface OpenDoors {
  readonly doors: Doors;
  close(): Promise<void>;
}

export async function openDoors(options: LiveOptions, signal: AbortSignal): Promise<OpenDoors> {
  const hosts = await hostDoors(options);
  const cluster = await clusterDoor(options, signal);
  return {
    doors: { hosts, folder: folderDoor(), ...(cluster ? { cluster } : {}) },
    async close() {
      await Promise.all([...hosts.map(({ door }) => door.close()), cluster?.close()]);
    },
  };
}

/** One lock for all folders: two repairs of files at once gain nothing. */
function folderDoor(): HostAccess {
  return {
    door: openHost({ name: folderHost, isLocal: true }, { turns: createTurns(1) }),
    sudo: false,
    lockAt: [join(tmpdir(), `watchmend-files-${process.getuid?.() ?? 0}.lock`)],
  };
}

async function hostDoors(options: LiveOptions): Promise<readonly HostAccess[]> {
  if (options.host === undefined) return [];
  const { hostChoice } = await import("./host-choice.ts");
  const { addresses, ssh } = hostChoice(options);
  return addresses.map((address) => ({ door: openHost(address, ssh), sudo: true, lockAt: hostLockPlaces }));
}

async function clusterDoor(options: LiveOptions, signal: AbortSignal): Promise<Doors["cluster"]> {
  const { context, kubeconfig, namespace, inCluster } = options;
  if ([context, kubeconfig, namespace, inCluster].every((option) => option === undefined)) return undefined;
  const { openClusterDoor } = await import("../targets/kubernetes/open.ts");
  return await openClusterDoor(
    {
      parallel: limitsOf(options).parallel,
      ...(context === undefined ? {} : { context }),
      ...(kubeconfig === undefined ? {} : { kubeconfig }),
      ...(inCluster === undefined ? {} : { inCluster }),
    },
    signal,
  );
}

/** The options as the journal keeps them. */
export function reachOf({ host, sshConfig, identity, kubeconfig }: LiveOptions): ReachOptions {
  return {
    ...(host ? { host: [...host] } : {}),
    ...(sshConfig === undefined ? {} : { sshConfig }),
    ...(identity === undefined ? {} : { identity }),
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
  };
}

/** The options that lead to everything a transaction has locked; those that are given now win. */
export function optionsFor(begun: readonly Begun[], options: LiveOptions): LiveOptions {
  const locks = begun.flatMap((one) => one.locks);
  const context = locks.flatMap((one) => (one.kind === "namespace" ? [one.context] : []))[0];
  const hosts = locks.flatMap((one) => (one.kind === "host" && one.host !== folderHost ? [one.host] : []));
  const typed = begun.flatMap(({ reach }) => reach?.host ?? []);
  const now = options.host ?? [];
  const missing = [...new Set(hosts)].filter((name) => !now.some((text) => names(text, name)));
  const host = [...now, ...missing.map((name) => typed.find((text) => names(text, name)) ?? name)];
  const { host: _host, known: _known, ...way } = begun.find(({ reach }) => reach)?.reach ?? {};
  const known = begun.flatMap(({ reach }) => reach?.known ?? []).map((one) => given(one));
  return {
    ...given(way),
    ...options,
    ...(known.length > 0 ? { known } : {}),
    ...(host.length > 0 ? { host } : {}),
    ...(context === undefined || options.context !== undefined ? {} : contextOption(context)),
  };
}

/** `[user@]name[:port]` */
function names(text: string, host: string): boolean {
  return parseHostAddress(text)?.name === host;
}

function contextOption(context: string): Partial<LiveOptions> {
  return context === "in-cluster" ? { inCluster: true } : { context };
}
