// `history`: what was repaired from this machine, and what became of it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exitCodes, UserError } from "../model/errors.ts";
import { meant, pastTransactions } from "../plan/transaction/history.ts";
import { stateFolder } from "../plan/transaction/state-folder.ts";
import { renderHistory } from "../report/history.ts";
import type { HistoryOptions } from "./commands/history.ts";
import { deliver, terminalStyle } from "./output.ts";

export function history(id: string | undefined, options: HistoryOptions): number {
  const state = stateFolder();
  const past = pastTransactions(state);
  const chosen = id === undefined ? past : meant(past, id).reverse();
  if (id !== undefined && chosen.length === 0)
    throw new UserError(
      "unknown-transaction",
      `there is no repair ${id}`,
      "watchmend history lists all of them.",
    );
  if (options.format === "json") {
    deliver(
      JSON.stringify({ schema: "watchmend.history/v1", transactions: chosen }, undefined, 2),
      undefined,
    );
    return exitCodes.clean;
  }
  const record = (incident: string): string | undefined => {
    const file = join(state, "incidents", `${incident}.md`);
    return existsSync(file) ? file : undefined;
  };
  deliver(renderHistory(chosen, record, terminalStyle(options)), undefined);
  return exitCodes.clean;
}
