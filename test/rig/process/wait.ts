// Waiting on a condition, never on a length of time: the last reason why it did not hold yet is the error.
import { setTimeout as pause } from "node:timers/promises";
import { seconds } from "./progress.ts";

export type WaitOptions = { readonly timeoutMs?: number; readonly everyMs?: number };

/** Calls `probe` until it stops throwing; what it threw last explains a time-out. */
export const until = async <T>(
  what: string,
  probe: () => Promise<T> | T,
  options: WaitOptions = {},
): Promise<T> => {
  const timeoutMs = options.timeoutMs ?? 60_000;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      const seen = error instanceof Error ? error.message : String(error);
      if (Date.now() >= deadline)
        throw new Error(`waited ${seconds(timeoutMs)} for ${what}; last seen: ${seen}`);
    }
    await pause(options.everyMs ?? 250);
  }
};

/** Checks that something stays true for a while, for scenarios whose point is that nothing changes. */
export const holds = async (
  what: string,
  probe: () => Promise<unknown> | unknown,
  forMs: number,
): Promise<void> => {
  const deadline = Date.now() + forMs;
  while (Date.now() < deadline) {
    try {
      await probe();
    } catch (error) {
      throw new Error(`${what} did not last: ${error instanceof Error ? error.message : String(error)}`);
    }
    await pause(500);
  }
};
