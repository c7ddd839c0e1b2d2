// A lock that dies with its holder: a file that names the process and when it started, so a reused pid is no holder.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { say } from "./progress.ts";

export type Alive = { readonly pid: number; readonly started: string };

/** Field 22 of /proc/PID/stat: clock ticks since boot at which the process started. */
export const startedAt = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined;
  }
};

export const self = (): Alive => ({ pid: process.pid, started: startedAt(process.pid) ?? "" });

export const isAlive = (who: Alive): boolean => startedAt(who.pid) === who.started;

const holderOf = (file: string): Alive | undefined => {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Alive;
  } catch {
    return undefined;
  }
};

/** Takes a dead holder's file away; if somebody else did so first and holds the lock now, it is put back. */
const clearDead = (file: string): void => {
  const aside = `${file}.${process.pid}.dead`;
  try {
    renameSync(file, aside);
    const holder = holderOf(aside);
    if (holder !== undefined && isAlive(holder)) linkSync(aside, file);
  } catch {
    // Another waiter was faster; the next try finds out.
  } finally {
    rmSync(aside, { force: true });
  }
};

const tryTake = (file: string): boolean => {
  const mine = `${file}.${process.pid}.new`;
  writeFileSync(mine, JSON.stringify(self()));
  try {
    linkSync(mine, file);
    return true;
  } catch {
    const holder = holderOf(file);
    if (holder !== undefined && !isAlive(holder)) clearDead(file);
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
};

export const withLock = async <T>(file: string, what: string, work: () => Promise<T>): Promise<T> => {
  mkdirSync(dirname(file), { recursive: true });
  for (let said = false; !tryTake(file); said = true) {
    if (!said)
      say(`${what}: another run (pid ${holderOf(file)?.pid ?? "unknown"}) works on it; waiting for it`);
    await pause(500);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
};
