// Ctrl-C: ends the program at once, unless a verb is reading live systems and has to close them first.
import { exitCodes } from "../model/errors.ts";

let running: AbortController | undefined;

/** From now on the first Ctrl-C sets this off, and a second one ends the program. */
export function interruptible(): AbortSignal {
  running ??= new AbortController();
  return running.signal;
}

export function interrupt(): void {
  if (running === undefined || running.signal.aborted) process.exit(exitCodes.interrupted);
  running.abort();
}
