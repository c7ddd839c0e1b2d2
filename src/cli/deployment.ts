// What the verbs of a deployment have in common: the model, one connection per host, and what stands there.

import type { DeploymentPlan, HostPlan } from "../model/deployment.ts";
import type { DesiredHost, DesiredState, HostMember } from "../model/desired.ts";
import { parseDuration } from "../model/duration.ts";
import { UserError } from "../model/errors.ts";
import type { StackFile, StackHost } from "../model/stack-file.ts";
import type { CompareWish } from "../plan/deploy/compare-wish.ts";
import { engineOf, lookCloser, type Observed, observeHost } from "../plan/deploy/observe.ts";
import { secretValue } from "../plan/secret-value.ts";
import { type HostAccess, hostLockPlaces } from "../plan/transaction/doors.ts";
import type { ReachOptions } from "../plan/transaction/entry.ts";
import { renderStack } from "../render/render-stack.ts";
import { createTurns } from "../targets/host/connect-turns.ts";
import { type HostSession, openHost } from "../targets/host/door.ts";
import type { HostAddress } from "../targets/host/host-name.ts";
import type { DeployOptions } from "./deploy-options.ts";
import { connectsAtOnce, hostChoice } from "./host-choice.ts";
import type { LeftHosts } from "./left-hosts.ts";
import { modelHosts } from "./model-hosts.ts";
import { note } from "./output.ts";
import { loadStackFile } from "./stack-file.ts";

export interface Deployment {
  readonly stack: StackFile;
  readonly desired: DesiredState;
  /** Of the hosts that were asked for, by name. */
  readonly hosts: readonly StackHost[];
  readonly sessions: ReadonlyMap<string, HostSession>;
  readonly doors: ReadonlyMap<string, HostAccess>;
  readonly directories: ReadonlyMap<string, string>;
  readonly reach: ReachOptions;
  /** Opens the way to hosts that have left the model. */
  admit(left: LeftHosts, addressOf: (name: string, member: HostMember) => HostAddress): void;
  close(): Promise<void>;
}

export function openDeployment(options: DeployOptions): Deployment {
  if (options.host && (options.prune || options.forget))
    throw new UserError(
      "usage",
      "--prune and --forget are about hosts that the model does not have, --host about those it has",
      "Leave --host out: the host of Prometheus knows who has left.",
    );
  const stack = loadStackFile(options.file, options);
  const desired = renderStack(stack);
  const hosts = chosenHosts(stack, desired, options);
  // Checks that the files exist.
  const { ssh } = hostChoice({ ...options, host: [], since: 0, timeout: 0 });
  const turns = createTurns(connectsAtOnce);
  const sessions = new Map<string, HostSession>();
  const doors = new Map<string, HostAccess>();
  const known = new Map<string, HostAddress>();
  const directories = new Map<string, string>();
  const enter = (address: HostAddress, alias: string, directory: string): void => {
    const door = openHost(address, { ...ssh, turns });
    sessions.set(address.name, door);
    doors.set(address.name, { door, sudo: true, lockAt: hostLockPlaces, aliases: [alias] });
    known.set(address.name, address);
    directories.set(address.name, directory);
  };
  for (const { name, address, directory } of hosts) enter(addressOf({ stack }, name), address, directory);
  return {
    stack,
    desired,
    hosts,
    sessions,
    doors,
    directories,
    get reach() {
      return {
        host: [...known.keys()],
        known: [...known.values()].map((address) => ({ ...address })),
        ...(options.sshConfig === undefined ? {} : { sshConfig: options.sshConfig }),
        ...(options.identity === undefined ? {} : { identity: options.identity }),
      };
    },
    admit(left, addressOf) {
      for (const [name, member] of left)
        enter(addressOf(name, member), member.address, member.directory ?? "");
    },
    async close() {
      await Promise.all([...sessions.values()].map((session) => session.close()));
    },
  };
}

function chosenHosts(stack: StackFile, desired: DesiredState, options: DeployOptions): readonly StackHost[] {
  const deployable = stack.hosts.filter(({ name }) => desired.hosts.some((one) => one.name === name));
  const unknown = options.host?.find((name) => !deployable.some((host) => host.name === name));
  if (unknown !== undefined)
    throw new UserError(
      "usage",
      `${options.file} has no host ${unknown}`,
      `Its hosts are: ${deployable.map(({ name }) => name).join(", ")}.`,
    );
  return deployable.filter(({ name }) => options.host === undefined || options.host.includes(name));
}

export function addressOf({ stack }: Pick<Deployment, "stack">, name: string): HostAddress {
  return modelHosts(stack).find((one) => one.name === name) ?? { name, isLocal: false };
}

export interface Seen {
  readonly plan: DeploymentPlan;
  readonly observed: ReadonlyMap<string, Observed>;
}

export interface LookWish {
  readonly batch: number;
  /** By host: why it is not to be touched. */
  readonly blocked?: ReadonlyMap<string, string>;
  /** Done on hosts that have left the model before they are looked at. */
  readonly prepare?: (doors: ReadonlyMap<string, HostAccess>) => Promise<ReadonlyMap<string, string>>;
}

/** All hosts at the same time; at most two commands on each. A host that cannot be seen delays and hides no other. */
export async function lookAtHosts(
  deployment: Deployment,
  options: DeployOptions,
  { batch, blocked = new Map(), prepare }: LookWish,
): Promise<Seen> {
  const asked = Promise.all(
    deployment.hosts.map(async (host): Promise<CompareWish | HostPlan> => {
      const because = blocked.get(host.name);
      if (because !== undefined) return { ...emptyPlan(host.name), state: "refused", because };
      try {
        return await observe(deployment, host, options);
      } catch (error) {
        return unreachable(host, error);
      }
    }),
  );
  // Loaded while the hosts are asked, as is all that only their answers need.
  const [looks, { compareHost }, { batchesOf }, { checkForgotten, leftHosts }] = await Promise.all([
    asked,
    import("../plan/deploy/compare-host.ts"),
    import("../plan/deploy/batches.ts"),
    import("./left-hosts.ts"),
  ]);
  const observed = new Map(
    looks.flatMap((one): [string, Observed][] =>
      "desired" in one ? [[one.desired.name, one.observed]] : [],
    ),
  );
  const left = leftHosts(deployment, observed);
  const forget = options.forget ?? [];
  checkForgotten(forget, left);
  const pruned = options.prune ? await lookAtLeft(deployment, without(left, forget), prepare) : [];
  const dropped = new Set([
    ...forget,
    ...pruned.flatMap(({ host, state }) => (state === "changes" || state === "none" ? [host] : [])),
  ]);
  const own = looks.map((one) => ("desired" in one ? compareHost({ ...one, dropped }) : one));
  if (own.every(({ state }) => state === "unreachable")) note(options, "none of the hosts can be reached");
  const hosts = [...own, ...pruned];
  return {
    plan: { stack: deployment.stack.name, hosts, batches: batchesOf(deployment.stack, hosts, batch) },
    observed,
  };
}

function without(left: LeftHosts, forget: readonly string[]): LeftHosts {
  return new Map([...left].filter(([name]) => !forget.includes(name)));
}

async function lookAtLeft(
  deployment: Deployment,
  left: LeftHosts,
  prepare: LookWish["prepare"],
): Promise<readonly HostPlan[]> {
  const { addressOfLeft, planOfLeft } = await import("./left-hosts.ts");
  deployment.admit(left, addressOfLeft);
  const doors = new Map([...deployment.doors].filter(([name]) => left.has(name)));
  const blocked = doors.size > 0 ? await prepare?.(doors) : undefined;
  return await Promise.all(
    [...left].map(async ([name, member]): Promise<HostPlan> => {
      const because = blocked?.get(name);
      const access = doors.get(name);
      if (because !== undefined || !access)
        return {
          ...emptyPlan(name),
          left: true,
          state: "refused",
          because: because ?? "there is no way to it",
        };
      try {
        return await planOfLeft(access, name, member, deployment.stack.name);
      } catch (error) {
        return {
          ...unreachable({ name }, error),
          left: true,
          remedy: `watchmend apply --forget ${name}   # if the machine is gone`,
        };
      }
    }),
  );
}

async function observe(
  deployment: Deployment,
  host: StackHost,
  { backupData }: Pick<DeployOptions, "backupData">,
): Promise<CompareWish> {
  const { stack, desired: all, doors } = deployment;
  const access = doors.get(host.name);
  const desired = all.hosts.find(({ name }) => name === host.name);
  if (!access || !desired) throw new Error(`there is no way to ${host.name}`);
  const [first, { changedPaths, wantedImages }] = await Promise.all([
    observeHost(access, { desired, stack: stack.name, directory: host.directory }),
    import("../plan/deploy/compare-wish.ts"),
  ]);
  const wish: CompareWish = {
    stack: stack.name,
    directory: host.directory,
    desired,
    observed: first,
    adopt: new Set(Object.values(host.containerNames)),
    secrets: secretsOf(desired),
    scrapeSeconds: (parseDuration(stack.intervals.scrape) ?? 15_000) / 1000,
    ...(backupData ? { backupData } : {}),
  };
  const observed = await lookCloser(access, first, changedPaths(wish), wantedImages(wish), engineOf(desired));
  return { ...wish, observed };
}

function secretsOf({ secrets }: DesiredHost): CompareWish["secrets"] {
  return new Map(
    secrets.map(({ path, from }): [string, { value: string } | { because: string }] => {
      try {
        return [path, { value: secretValue(from) }];
      } catch (error) {
        return [path, { because: error instanceof Error ? error.message : String(error) }];
      }
    }),
  );
}

export function emptyPlan(host: string): HostPlan {
  return {
    host,
    state: "none",
    directories: [],
    files: [],
    containers: [],
    notes: [],
    steps: { agents: [], servers: [] },
    fingerprints: {},
    pulls: [],
  };
}

/** A host that is declared to sleep may be off. */
function unreachable(host: Pick<StackHost, "name" | "absence">, error: unknown): HostPlan {
  const because = error instanceof Error ? error.message : String(error);
  const remedy = error instanceof UserError ? error.hint : undefined;
  const isUnreachable = error instanceof UserError && error.code === "host-unreachable";
  const isAway = isUnreachable && host.absence?.kind === "sleeping";
  return {
    ...emptyPlan(host.name),
    state: isAway ? "away" : isUnreachable ? "unreachable" : "refused",
    because: isAway
      ? `it sleeps, as declared${host.absence?.reason ? ` (${host.absence.reason})` : ""}`
      : because,
    ...(remedy === undefined || isAway ? {} : { remedy }),
  };
}
