// All locks of a transaction: taken in one order, shown to be alive, given back; those of the dead are taken over.
import { randomBytes } from "node:crypto";
import { quoteWord } from "../../model/quote.ts";
import { isAlive } from "./actor.ts";
import { takeLease } from "./cluster/lease.ts";
import { clusterOf } from "./cluster/object-change.ts";
import { type Doors, hostFor } from "./doors.ts";
import type { LockTarget } from "./entry.ts";
import { type HostLock, type LockRequest, takeHostLock, takeOverHostLock } from "./host-lock.ts";
import { LockHeld, staleAfterSeconds } from "./lock-refusal.ts";

export interface Locks {
  readonly host: (name: string) => HostLock | undefined;
  release(): Promise<void>;
}

interface Held {
  readonly key: string;
  touch(): Promise<void>;
  release(): Promise<void>;
}

const touchEveryMs = 15_000;

/** All of them or none; throws `LockHeld` with an explanation. Sorted, so that two runs cannot wait for each other. */
export async function takeLocks(
  targets: readonly LockTarget[],
  doors: Doors,
  request: LockRequest,
): Promise<Locks> {
  const token = `${request.transaction}.${randomBytes(6).toString("hex")}`;
  const held: Held[] = [];
  const hosts = new Map<string, HostLock>();
  const sorted = new Map(targets.map((target) => [JSON.stringify(target), target]));
  try {
    for (const key of [...sorted.keys()].sort()) {
      const target = sorted.get(key);
      if (target?.kind === "host") {
        const lock = await lockHost(target.host, doors, token, request);
        hosts.set(target.host, lock);
        held.push({ key, touch: lock.touch, release: lock.release });
      }
      if (target?.kind === "namespace") {
        const lease = await takeLease(clusterOf({ doors }, target.context), target.namespace, token, request);
        held.push({ key, ...lease });
      }
    }
  } catch (error) {
    await giveBack(held);
    throw error;
  }
  const timer = setInterval(() => {
    for (const one of held) void one.touch().catch(() => undefined);
  }, touchEveryMs);
  timer.unref();
  return {
    host: (name) => hosts.get(name),
    async release() {
      clearInterval(timer);
      await giveBack(held);
    },
  };
}

/** A lock that cannot be given back grows stale and is explained to whoever meets it. */
async function giveBack(held: readonly Held[]): Promise<void> {
  for (const one of [...held].reverse()) await one.release().catch(() => undefined);
}

async function lockHost(name: string, doors: Doors, token: string, request: LockRequest): Promise<HostLock> {
  const access = hostFor(doors, name);
  if (!access) throw new Error(`there is no way to ${name}: name it with --host`);
  const taken = await takeHostLock(access, token, request);
  if (taken.ok) return taken.lock;
  const { holder } = taken;
  const isDead = holder.actor ? isAlive(holder.actor) === false : holder.silentSeconds > staleAfterSeconds;
  const isMine = holder.actor?.machine === request.actor.machine && holder.actor.pid === request.actor.pid;
  if (isDead || (isMine && holder.transaction === request.transaction)) {
    const lock = await takeOverHostLock(access, holder, token, request);
    if (lock) return lock;
  }
  throw new LockHeld(`host ${name}`, holder, `rm -r ${quoteWord(holder.place)}   # on ${name}`);
}
