// Reads the command line, runs one verb, turns every failure into a sentence and an exit code.
import { CommanderError } from "commander";
import { exitCodes, UserError } from "../model/errors.ts";
import { interrupt } from "./interrupt.ts";
import { buildProgram } from "./program.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader has gone (`watchmend … | head`): nobody is left to tell.
  if (error.code === "EPIPE") process.exit(exitCodes.clean);
  throw error;
});
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);

void main();

async function main(): Promise<void> {
  try {
    await buildProgram(process.argv[2]).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = explain(error);
  }
}

/** Writes what went wrong to stderr and returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has already printed help, version or its complaint.
    return error.exitCode === 0 ? exitCodes.clean : exitCodes.failed;
  }
  if (error instanceof UserError) {
    process.stderr.write(`watchmend: ${error.message}\n  ${error.hint}\n`);
    return exitCodes.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `watchmend: ${message}\n  This is a bug in watchmend. Run again with WATCHMEND_DEBUG=1 to see where, and report it.\n`,
  );
  if (process.env.WATCHMEND_DEBUG && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return exitCodes.failed;
}
