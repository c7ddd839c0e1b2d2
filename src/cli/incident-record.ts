// Writes the incident record beside the journal: from what a run knows, or from the journals alone where it ended in the middle.
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import type { Remediation } from "../model/remediation.ts";
import { makeFolder } from "../plan/make-folder.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { pastTransactions } from "../plan/transaction/history.ts";
import { readJournal } from "../plan/transaction/journal.ts";
import { stateFolder, transactionFolder } from "../plan/transaction/state-folder.ts";
import { writeAtomic } from "../plan/write-atomic.ts";
import { renderIncidentRecord } from "../report/incident-record.ts";
import { renderJournalRecord, rollbackSection } from "../report/journal-record.ts";

export function writeRecord(
  incident: string,
  remediation: Remediation,
  transactions: readonly string[],
): string {
  const state = stateFolder();
  const file = recordFile(state, incident);
  const { user, machine } = thisActor();
  const first = transactions[0];
  const begun = first === undefined ? undefined : readJournal(transactionFolder(state, first))?.begun.at;
  const ended = new Date().toISOString();
  const frame = {
    incident,
    begun: begun ?? ended,
    ended,
    by: `${user} on ${machine.split("/")[0]}`,
    transactions,
  };
  writeAtomic(file, renderIncidentRecord(remediation, frame), undefined, 0o600);
  return file;
}

function recordFile(state: string, incident: string): string {
  const folder = join(state, "incidents");
  makeFolder(folder, 0o700);
  return join(folder, `${incident}.md`);
}

/** A record for an incident whose run could not write one; undefined when nothing was begun, or one is there. */
export function recordFromJournal(incident: string): string | undefined {
  const state = stateFolder();
  const entries = pastTransactions(state).filter((one) => one.incident === incident);
  if (entries.length === 0) return undefined;
  const file = recordFile(state, incident);
  if (existsSync(file)) return undefined;
  writeAtomic(file, renderJournalRecord(incident, entries), undefined, 0o600);
  return file;
}

/** The record of what was taken back says so; where there is none, one is made. */
export function tellRollback(id: string, complete: boolean, says: readonly string[]): void {
  const state = stateFolder();
  const { user, machine } = thisActor();
  const told = { at: new Date().toISOString(), by: `${user} on ${machine.split("/")[0]}`, complete, says };
  try {
    const incident = readJournal(transactionFolder(state, id))?.begun.incident;
    if (incident === undefined || recordFromJournal(incident) !== undefined) return;
    appendFileSync(recordFile(state, incident), rollbackSection(id, told));
  } catch {
    // A full disk: what was put back stays so, and the journal tells as much of it as could be written.
  }
}
