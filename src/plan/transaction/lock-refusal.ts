// Why a lock cannot be had, in words that let a person decide what to do.
import type { Holder } from "./host-lock.ts";

/** Longer without a sign of life than any step takes; a live run shows one every fifteen seconds. */
export const staleAfterSeconds = 120;

export class LockHeld extends Error {
  constructor(thing: string, holder: Holder, breakWith: string) {
    super(explain(thing, holder, breakWith));
    this.name = "LockHeld";
  }
}

function explain(thing: string, holder: Holder, breakWith: string): string {
  const { actor, why, transaction, ageSeconds } = holder;
  const who = actor
    ? `${actor.user} on ${actor.machine.split("/")[0]} (pid ${actor.pid})`
    : "a run that died before it wrote down who it was";
  const since = ageSeconds === undefined ? "" : `, since ${duration(ageSeconds)}`;
  const what = [why, transaction ? `transaction ${transaction}` : undefined].filter(Boolean).join(", ");
  const head = `${thing} is locked by ${who}${since}${what ? `: ${what}` : ""}`;
  if (holder.silentSeconds < staleAfterSeconds)
    return `${head}. It showed signs of life ${duration(holder.silentSeconds)} ago; wait for it.`;
  const undo = transaction
    ? ` Where it ran, \`watchmend rollback ${transaction}\` undoes what it left half done and frees the lock.`
    : "";
  return `${head}. It has shown no sign of life for ${duration(holder.silentSeconds)}, so it is probably dead.${undo} To free the lock by hand, once nobody works there: ${breakWith}`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}
