// Ctrl-C: ends the program at once, unless a verb is reading live systems and has to close them first.
import { setMaxListeners } from "node:events";
import { exitCodes } from "../model/errors.ts";

let running: AbortController | undefined;

/** From now on the first Ctrl-C sets this off, and a second one ends the program. */
export function interruptible(): AbortSignal {
  running ??= new AbortController();
  // every host and request listens; Node takes more than ten for a leak and warns the user
  setMaxListeners(0, running.signal);
  return running.signal;
}

export function interrupt(): void {
  if (running === undefined || running.signal.aborted) process.exit(exitCodes.interrupted);
  running.abort();
}
