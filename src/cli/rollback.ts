// `rollback`: puts back what the journal says was changed, unless somebody has changed it since.
import { exitCodes, UserError } from "../model/errors.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { exportUndo } from "../plan/transaction/export.ts";
import { meant, type PastTransaction, pastTransactions } from "../plan/transaction/history.ts";
import { readJournal } from "../plan/transaction/journal.ts";
import { LockHeld } from "../plan/transaction/lock-refusal.ts";
import { obstaclesOf, takeBackFromJournal } from "../plan/transaction/recover.ts";
import { stateFolder, transactionFolder } from "../plan/transaction/state-folder.ts";
import type { RollbackOptions } from "./commands/rollback.ts";
import { tellRollback } from "./incident-record.ts";
import { interruptible } from "./interrupt.ts";
import { openDoors, optionsFor } from "./live-doors.ts";
import { note } from "./output.ts";

export async function rollback(id: string | undefined, options: RollbackOptions): Promise<number> {
  const state = stateFolder();
  const found = meant(pastTransactions(state), id);
  if (found.length === 0)
    throw new UserError(
      "unknown-transaction",
      id === undefined ? "there is no repair to undo" : `there is no repair ${id}`,
      "watchmend history lists the repairs made from this machine.",
    );
  const open = found.filter((one) => one.state !== "rolled-back");
  if (open.length === 0) {
    note(options, `${id ?? found[0]?.incident} was put back before; there is nothing left to undo.`);
    return exitCodes.clean;
  }
  if (options.export !== undefined) {
    const scripts = exportUndo(
      state,
      open.map((one) => one.id),
      options.export,
    );
    note(options, `wrote ${options.export}: README.md says where to run ${scripts.join(", ") || "nothing"}`);
    return exitCodes.clean;
  }
  return await undoAll(open, state, options);
}

/** Somebody works there, or was killed a moment ago: nothing is wrong with the command. */
function whoHoldsIt(error: unknown): never {
  if (!(error instanceof LockHeld)) throw error;
  throw new UserError("half-done", error.message, "Run the same command again when it has ended.", {
    cause: error,
  });
}

async function undoAll(
  open: readonly PastTransaction[],
  state: string,
  options: RollbackOptions,
): Promise<number> {
  const begun = open.flatMap((one) => readJournal(transactionFolder(state, one.id))?.begun ?? []);
  const { doors, close } = await openDoors(optionsFor(begun, options), interruptible());
  try {
    const base = { state, doors, actor: thisActor(), because: "asked for with watchmend rollback" };
    for (const one of open) {
      const obstacles = await obstaclesOf(one.id, base).catch(whoHoldsIt);
      if (obstacles.length > 0)
        throw new UserError(
          "changed-since",
          `${one.id} cannot be undone without losing what was changed since:\n${indented(obstacles)}`,
          "Take those changes back first, or undo by hand: watchmend rollback --export FOLDER",
        );
      if (options.dryRun) {
        for (const step of one.steps.filter(({ state: was }) => was === "done" || was === "begun"))
          note(options, `would put back: ${step.subject ?? step.title}`);
        continue;
      }
      const { complete, says } = await takeBackFromJournal(one.id, base);
      tellRollback(one.id, complete, says);
      note(options, `${one.id}: ${complete ? "put back" : "not put back whole"}`);
      for (const line of says) note(options, `  ${line}`);
      if (!complete) return exitCodes.failed;
    }
    return exitCodes.clean;
  } finally {
    await close();
  }
}

function indented(texts: readonly string[]): string {
  return texts
    .join("\n")
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
