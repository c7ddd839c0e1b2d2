// Where this machine keeps what was done: one folder per transaction, with its journal and its before-images.
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { makeFolder } from "../make-folder.ts";

/** `$XDG_STATE_HOME/watchmend`; a relative value counts as not set, as the specification says. */
export function stateFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { XDG_STATE_HOME: state } = env;
  return join(
    state && isAbsolute(state) ? state : join(env.HOME ?? homedir(), ".local", "state"),
    "watchmend",
  );
}

/** 65 values per millisecond fit four hexadecimal digits. */
const perMillisecond = 65;

/** Sorts by time, down to the millisecond (undoing goes by it), is easy to say, and is not made twice. */
export function newId(now: Date): string {
  const time = now
    .toISOString()
    .replaceAll(/[-:]/g, "")
    .replace(/^(\d{8})T(\d{6}).*$/, "$1-$2");
  const rest = now.getUTCMilliseconds() * perMillisecond + randomInt(perMillisecond);
  return `${time}-${rest.toString(16).padStart(4, "0")}`;
}

const idForm = /^\d{8}-\d{6}-[0-9a-f]{4}$/;

export function transactionFolder(state: string, id: string): string {
  if (!idForm.test(id)) throw new Error(`${JSON.stringify(id)} is no id of a transaction`);
  return join(state, "transactions", id);
}

export function makeTransactionFolder(state: string, id: string): string {
  const folder = transactionFolder(state, id);
  makeFolder(join(state, "transactions"), 0o700);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}

/** In the folder of each. */
export const journalName = "journal.jsonl";

/** Ids of all transactions, oldest first. */
export function transactionIds(state: string): string[] {
  const folder = join(state, "transactions");
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => idForm.test(name))
    .sort();
}
