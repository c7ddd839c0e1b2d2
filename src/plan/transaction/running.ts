// A transaction while it runs: its journal, images and locks, and what a step is given of them.
import type { Step } from "../../model/plan.ts";
import type { BackupStore } from "./backup-store.ts";
import type { NewEntry } from "./entry.ts";
import type { Journal } from "./journal.ts";
import type { Locks } from "./locks.ts";
import type { ActContext, LookContext } from "./step-kind.ts";
import type { TransactionOptions } from "./transaction-options.ts";

export interface Run extends TransactionOptions {
  readonly id: string;
  readonly folder: string;
  readonly journal: Journal;
  readonly backup: BackupStore;
  readonly locks: Locks;
}

export function lookContext(
  steps: readonly Step[],
  { doors, signal, mayOpenFirewall, mayGiveRights }: Run,
): LookContext {
  return {
    doors,
    steps,
    originals: new Map(),
    ...(signal ? { signal } : {}),
    ...(mayOpenFirewall ? { mayOpenFirewall } : {}),
    ...(mayGiveRights ? { mayGiveRights } : {}),
  };
}

export function actContext({ doors, id, backup, locks, signal }: Run): ActContext {
  return { doors, transaction: id, backup, hostLock: locks.host, ...(signal ? { signal } : {}) };
}

export function withPoints(journal: Journal, point: ((name: string) => void) | undefined): Journal {
  if (!point) return journal;
  return {
    folder: journal.folder,
    written: journal.written,
    append(entry: NewEntry) {
      point(`before ${entry.what}`);
      journal.append(entry);
      point(`after ${entry.what}`);
    },
  };
}
