// Transactions that a crash has left open are taken back before anything else is done; others are undone on request.
import { isAlive } from "./actor.ts";
import { openBackupStore } from "./backup-store.ts";
import type { Doors } from "./doors.ts";
import type { Actor } from "./entry.ts";
import { type Course, hasReleased, lastActor, openJournal, readJournal, stateOf } from "./journal.ts";
import { takeLocks } from "./locks.ts";
import { unsettled } from "./settled.ts";
import { transactionFolder } from "./state-folder.ts";
import type { ActContext } from "./step-kind.ts";
import { obstacles, type Undone, undoAll } from "./undo.ts";

export interface OpenTransaction {
  readonly id: string;
  readonly course: Course;
  /** Its process lives, or works on a machine that cannot be asked. */
  readonly busy: boolean;
}

export function openTransactions(state: string): OpenTransaction[] {
  return unsettled(state).flatMap((id): OpenTransaction[] => {
    const course = readJournal(transactionFolder(state, id));
    if (!course || stateOf(course) !== "open") return [];
    return [{ id, course, busy: isAlive(lastActor(course)) !== false }];
  });
}

/** Gives back the locks of transactions that ended but died before they could. Their hosts may be out of reach: no harm. */
export async function releaseLeftLocks(options: TakeBackOptions): Promise<void> {
  for (const id of unsettled(options.state)) {
    const course = readJournal(transactionFolder(options.state, id));
    if (!course || stateOf(course) === "open" || hasReleased(course)) continue;
    if (isAlive(lastActor(course)) !== false) continue;
    await withTransaction(id, options, () => Promise.resolve()).catch(() => undefined);
  }
}

export interface TakeBackOptions {
  readonly state: string;
  readonly doors: Doors;
  readonly actor: Actor;
  readonly because: string;
  readonly point?: (name: string) => void;
}

/** Undoes a transaction from its journal, whatever state it was left in. */
export async function takeBackFromJournal(id: string, options: TakeBackOptions): Promise<Undone> {
  return await withTransaction(id, options, async (course, context) => {
    const journal = openJournal(transactionFolder(options.state, id));
    const { point } = options;
    journal.append({ what: "taken-over", by: options.actor });
    const told = point
      ? {
          ...journal,
          append: (entry: Parameters<typeof journal.append>[0]) => {
            point(`before ${entry.what}`);
            journal.append(entry);
            point(`after ${entry.what}`);
          },
        }
      : journal;
    return await undoAll(course, told, context, options.because);
  });
}

/** What stands in the way of undoing it: things that somebody changed since, each with what is different. */
export async function obstaclesOf(id: string, options: TakeBackOptions): Promise<string[]> {
  return await withTransaction(id, options, obstacles);
}

async function withTransaction<Result>(
  id: string,
  { state, doors, actor, because }: TakeBackOptions,
  work: (course: Course, context: ActContext) => Promise<Result>,
): Promise<Result> {
  const folder = transactionFolder(state, id);
  const course = readJournal(folder);
  if (!course) throw new Error(`there is no transaction ${id}`);
  const locks = await takeLocks(course.begun.locks, doors, { actor, why: because, transaction: id });
  try {
    return await work(course, {
      doors,
      transaction: id,
      backup: openBackupStore(folder),
      hostLock: locks.host,
    });
  } finally {
    await locks.release();
    endIfEnded(folder);
  }
}

function endIfEnded(folder: string): void {
  const course = readJournal(folder);
  if (!course || stateOf(course) === "open" || hasReleased(course)) return;
  try {
    openJournal(folder).append({ what: "released" });
  } catch {
    // A full disk: the next run comes by here again.
  }
}
