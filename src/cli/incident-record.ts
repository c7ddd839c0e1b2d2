// Writes the incident record beside the journal.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Remediation } from "../model/remediation.ts";
import { thisActor } from "../plan/transaction/actor.ts";
import { readJournal } from "../plan/transaction/journal.ts";
import { stateFolder, transactionFolder } from "../plan/transaction/state-folder.ts";
import { writeAtomic } from "../plan/write-atomic.ts";
import { renderIncidentRecord } from "../report/incident-record.ts";

export function writeRecord(
  incident: string,
  remediation: Remediation,
  transactions: readonly string[],
): string {
  const state = stateFolder();
  const folder = join(state, "incidents");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${incident}.md`);
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
