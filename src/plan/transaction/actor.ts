// Who acts: enough to say whether the process that holds a lock or left a transaction open is still alive.
import { readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { Actor } from "./entry.ts";

export function thisActor(): Actor {
  return {
    user: userName(),
    machine: machineName(),
    pid: process.pid,
    startedMs: startOf(process.pid) ?? Math.round(performance.timeOrigin),
  };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Containers of one image share a name, hosts of one name exist: the kernel's boot tells them apart where it can be read. */
function machineName(): string {
  try {
    return `${hostname()}/${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim().slice(0, 8)}`;
  } catch {
    return hostname();
  }
}

/** Undefined: it works on another machine, so nobody here can tell. */
export function isAlive(actor: Actor): boolean | undefined {
  if (actor.machine !== machineName()) return undefined;
  try {
    process.kill(actor.pid, 0);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  // Killed, and only not yet buried by whoever started it: in containers nobody may ever do that.
  if (isZombie(actor.pid)) return false;
  const started = startOf(actor.pid);
  return started === undefined || Math.abs(started - actor.startedMs) < 2000;
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return /^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** Start of a process by the kernel's clock ticks, in milliseconds since boot; comparable on one boot only. */
function startOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
    return Number.isFinite(ticks) ? ticks * 10 : undefined;
  } catch {
    return undefined;
  }
}
