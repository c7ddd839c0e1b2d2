// What a run that died has left half done is put back before anything else happens.
import { UserError } from "../model/errors.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { type Doors, hostFor } from "../plan/transaction/doors.ts";
import type { LockTarget } from "../plan/transaction/entry.ts";
import { pastTransactions } from "../plan/transaction/history.ts";
import {
  type OpenTransaction,
  openTransactions,
  releaseLeftLocks,
  takeBackFromJournal,
} from "../plan/transaction/recover.ts";
import { tellRollback } from "./incident-record.ts";
import { note } from "./output.ts";

export async function putBackWhatWasLeft(
  state: string,
  doors: Doors,
  options: { readonly quiet?: boolean },
): Promise<void> {
  const because = "the run that did it ended in the middle";
  const base = { state, doors, actor: thisActor(), because };
  for (const one of openTransactions(state).reverse()) {
    if (one.busy || !isNear(one, doors)) continue;
    const out = one.course.begun.locks.filter((lock) => !isReachable(lock, doors));
    if (out.length > 0) throw cannotReach(one.id, out);
    note(options, `transaction ${one.id} was cut off in the middle: putting back what it has changed`);
    const { complete, says } = await takeBackFromJournal(one.id, base);
    tellRollback(one.id, complete, says);
    for (const line of says) note(options, `  ${line}`);
    if (!complete)
      throw new UserError(
        "half-done",
        `transaction ${one.id} could not be put back whole`,
        `See what stands in the way with watchmend history ${one.id}`,
      );
  }
  tellWhatIsNotBack(state, options);
  await releaseLeftLocks(base);
}

/** What could not be put back then, because it was out of reach or changed by somebody, is not forgotten. */
export function tellWhatIsNotBack(
  state: string,
  options: { readonly quiet?: boolean },
  ids?: readonly string[],
): void {
  for (const { id, state: stands, steps } of pastTransactions(state)) {
    if (stands !== "partly-rolled-back" || (ids && !ids.includes(id))) continue;
    const kept = steps.flatMap((step) => (step.state === "kept" ? [step.subject ?? step.title] : []));
    note(
      options,
      `transaction ${id} was not put back whole${kept.length > 0 ? ` (${kept.join(", ")})` : ""}: once nothing stands in the way, watchmend rollback ${id}`,
    );
  }
}

/** It touched something that is about to be touched again. */
function isNear({ course }: OpenTransaction, doors: Doors): boolean {
  return course.begun.locks.some((lock) => isReachable(lock, doors));
}

function isReachable(lock: LockTarget, doors: Doors): boolean {
  return lock.kind === "host"
    ? hostFor(doors, lock.host) !== undefined
    : doors.cluster?.context === lock.context;
}

function cannotReach(id: string, locks: readonly LockTarget[]): UserError {
  const names = locks.map((lock) =>
    lock.kind === "host" ? `--host ${lock.host}` : `--context ${lock.context}`,
  );
  return new UserError(
    "half-done",
    `transaction ${id} was cut off in the middle, and part of what it changed cannot be reached from here`,
    `Put it back first: watchmend rollback ${id} ${[...new Set(names)].join(" ")}`,
  );
}
