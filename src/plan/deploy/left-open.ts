// What a killed deployment left half done on a host is put back before anything else is planned there.
import type { HostAccess } from "../transaction/doors.ts";
import type { Actor } from "../transaction/entry.ts";
import { unsettled } from "../transaction/settled.ts";

export interface LeftOpen {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly busy: boolean;
}

/** Transactions of these hosts that were begun and not ended. What undoes them is loaded when there is one: there hardly ever is. */
export async function leftOpen(state: string, hosts: ReadonlySet<string>): Promise<readonly LeftOpen[]> {
  if (unsettled(state).length === 0) return [];
  const { openTransactions } = await import("../transaction/recover.ts");
  return openTransactions(state).flatMap(({ id, course, busy }): LeftOpen[] => {
    const own = course.begun.locks.flatMap((lock) =>
      lock.kind === "host" && hosts.has(lock.host) ? [lock.host] : [],
    );
    return own.length > 0 ? [{ id, hosts: own, busy }] : [];
  });
}

/** By host: why it could not be put back. What a live run is busy with is left to it; its lock explains itself. */
export async function putBackLeft(
  state: string,
  doors: ReadonlyMap<string, HostAccess>,
  actor: Actor,
  tell: (text: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>();
  if (unsettled(state).length === 0) return failed;
  const { releaseLeftLocks, takeBackFromJournal } = await import("../transaction/recover.ts");
  const access = { hosts: [...doors.values()] };
  const base = { state, doors: access, actor, because: "the run that did it ended in the middle" };
  for (const { id, hosts, busy } of (await leftOpen(state, new Set(doors.keys()))).toReversed()) {
    if (busy) {
      tell(`transaction ${id} works on ${hosts.join(", ")} right now`);
      continue;
    }
    tell(
      `transaction ${id} on ${hosts.join(", ")} was cut off in the middle: putting back what it has changed`,
    );
    try {
      const { complete, says } = await takeBackFromJournal(id, base);
      for (const line of says) tell(`  ${line}`);
      if (!complete)
        for (const host of hosts)
          failed.set(host, `transaction ${id} could not be put back whole: ${says.join("; ")}`);
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      for (const host of hosts)
        failed.set(host, `transaction ${id} was cut off in the middle and cannot be put back: ${because}`);
    }
  }
  await releaseLeftLocks(base);
  return failed;
}
