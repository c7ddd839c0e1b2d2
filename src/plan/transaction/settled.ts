// Which transactions there is still something to do about, told without reading those that are over.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { memberOf } from "../../model/json-value.ts";
import { journalName, transactionFolder, transactionIds } from "./state-folder.ts";

/** Oldest first. */
export function unsettled(state: string): string[] {
  return transactionIds(state).filter((id) => !isSettled(transactionFolder(state, id)));
}

/** More than the two short lines that end a journal need. */
const tailBytes = 4096;

/**
 * It ended and gave its locks back: nothing of it is left to do, whatever else stands in it. Every apply asks this of every
 * transaction there ever was, so only the end of the file is read; what is not plainly settled is for whoever reads it whole.
 */
export function isSettled(folder: string): boolean {
  const text = tailOf(join(folder, journalName));
  if (!text.endsWith("\n")) return false;
  const [end, released] = text
    .split("\n")
    .filter((line) => line !== "")
    .slice(-2)
    .map(whatOf);
  return released === "released" && (end === "committed" || end === "rolled-back");
}

function tailOf(file: string): string {
  let handle: number;
  try {
    handle = openSync(file, "r");
  } catch {
    return "";
  }
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, tailBytes));
    const read = readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString("utf8", 0, read);
  } finally {
    closeSync(handle);
  }
}

function whatOf(line: string): unknown {
  try {
    return memberOf(JSON.parse(line), "what");
  } catch {
    return undefined;
  }
}
