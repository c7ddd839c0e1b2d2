// The append-only journal of one transaction: on disk before anything it announces happens.
import { closeSync, fstatSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../write-atomic.ts";
import { type Begun, type Entry, entry, type NewEntry } from "./entry.ts";
import { journalName } from "./state-folder.ts";

export interface Journal {
  readonly folder: string;
  /** What this process has put on disk; undoing does not depend on reading a disk that may have failed meanwhile. */
  readonly written: readonly Entry[];
  /** Returns when the entry is on disk; throws when it cannot be put there, and then the thing must not happen. */
  append(entry: NewEntry): void;
}

export function openJournal(folder: string, now: () => Date = () => new Date()): Journal {
  const file = join(folder, journalName);
  let begun = false;
  const written: Entry[] = [];
  return {
    folder,
    written,
    append(fresh) {
      const full = { at: now().toISOString(), ...fresh } as Entry;
      const line = Buffer.from(`${JSON.stringify(full)}\n`, "utf8");
      const handle = openSync(file, "a+", 0o600);
      try {
        const lead = endsWhole(handle) ? line : Buffer.concat([Buffer.from("\n"), line]);
        for (let at = 0; at < lead.length; ) at += writeSync(handle, lead, at);
        fsyncSync(handle);
      } finally {
        closeSync(handle);
      }
      if (!begun) syncFolder(folder);
      begun = true;
      written.push(full);
    },
  };
}

/** A crash or a full disk may have left half a line; what follows starts on a line of its own. */
function endsWhole(handle: number): boolean {
  const { size } = fstatSync(handle);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(handle, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}

export interface Course {
  readonly begun: Begun;
  readonly entries: readonly Entry[];
  /** Lines that are no entries: what a crash left of the last one, or damage. */
  readonly unreadable: number;
}

/** Undefined: it died before its first entry was on disk, so nothing had happened. */
export function readJournal(folder: string): Course | undefined {
  const lines = textOf(join(folder, journalName))
    .split("\n")
    .filter((line) => line !== "");
  const entries = lines.flatMap((line): Entry[] => {
    const read = entry.safeParse(parsed(line));
    return read.success ? [read.data] : [];
  });
  const begun = entries.find((one) => one.what === "begun");
  return begun ? { begun, entries, unreadable: lines.length - entries.length } : undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export type TransactionState = "open" | "committed" | "rolled-back" | "partly-rolled-back";

export function stateOf({ entries }: Course): TransactionState {
  const last = entries.findLast(({ what }) =>
    ["begun", "committed", "undoing", "rolled-back"].includes(what),
  );
  if (last?.what === "rolled-back") return last.complete ? "rolled-back" : "partly-rolled-back";
  return last?.what === "committed" ? "committed" : "open";
}

/** Who worked on it last. */
export function lastActor({ entries, begun }: Course): Begun["by"] {
  const last = entries.findLast((one) => one.what === "taken-over");
  return last?.what === "taken-over" ? last.by : begun.by;
}

/** False: it ended, but died before it gave its locks back. */
export function hasReleased({ entries }: Course): boolean {
  return entries.at(-1)?.what === "released";
}
