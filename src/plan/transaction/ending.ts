// How a transaction ends: kept, or taken back from its journal; either way its locks are given back.
import type { Execution } from "../../model/remediation.ts";
import { actContext, type Run } from "./running.ts";
import { type Undone, undoAll } from "./undo.ts";

export interface Transaction {
  readonly id: string;
  readonly folder: string;
  readonly execution: Execution;
  /** What was waited for, in words. */
  readonly gate: readonly string[];
  /** All of it came true in time. */
  readonly gateOk: boolean;
  commit(): Promise<void>;
  undo(because: string): Promise<Undone>;
}

export function transactionOf(
  run: Run,
  execution: Execution,
  gate: { readonly ok: boolean; readonly says: readonly string[] },
): Transaction {
  return {
    id: run.id,
    folder: run.folder,
    execution,
    gate: gate.says,
    gateOk: gate.ok,
    async commit() {
      run.journal.append({ what: "committed" });
      await letGo(run);
    },
    undo: (because) => takeBack(run, because),
  };
}

export async function takeBack(run: Run, because: string): Promise<Undone> {
  const entries = [...run.journal.written];
  const begun = entries.find((one) => one.what === "begun");
  if (!begun) return { complete: true, says: [] };
  const course = { begun, entries, unreadable: 0 };
  try {
    return await undoAll(course, run.journal, actContext(run), because);
  } finally {
    await letGo(run);
  }
}

async function letGo({ journal, locks }: Run): Promise<void> {
  await locks.release();
  try {
    journal.append({ what: "released" });
  } catch {
    // A full disk: the next run finds no lock to give back and says so here.
  }
}
