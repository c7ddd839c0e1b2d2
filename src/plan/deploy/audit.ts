// The host's own record of who deployed what and when: one line per transaction, only ever added to.
import { quoteWord } from "../../model/quote.ts";
import { type HostAccess, runScript } from "../transaction/doors.ts";
import type { Actor } from "../transaction/entry.ts";

export interface AuditEntry {
  readonly actor: Actor;
  readonly why: string;
  readonly incident: string;
  readonly transaction: string;
  readonly outcome: string;
}

export function auditPath(directory: string): string {
  return `${directory}/.watchmend/audit.jsonl`;
}

/** One write of one line: appends of this size do not mix with each other. A folder that was taken back is not made again. */
export async function audit(access: HostAccess, directory: string, entry: AuditEntry): Promise<void> {
  const { actor, why, incident, transaction, outcome } = entry;
  const by = `${actor.user} on ${actor.machine.split("/")[0]}`;
  const line = JSON.stringify({ at: new Date().toISOString(), by, why, incident, transaction, outcome });
  const file = quoteWord(auditPath(directory));
  await runScript(
    access,
    `[ -d "$(dirname ${file})" ] || exit 0\numask 022\nprintf '%s\\n' ${quoteWord(line)} >> ${file}`,
  );
}
