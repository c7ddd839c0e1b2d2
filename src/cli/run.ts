// Reads the command line, runs one verb, turns every failure into a sentence and an exit code.
import { CommanderError } from "commander";
import { exitCodes, UserError } from "../model/errors.ts";
import { interrupt } from "./interrupt.ts";
import { misplacedWord } from "./misplaced-word.ts";
import { buildProgram } from "./program.ts";

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader has gone (`watchmend … | head`): nobody is left to tell.
  // The verb still says how it ended: what nobody has read to the end is not clean for that.
  if (error.code === "EPIPE") setImmediate(() => process.exit(process.exitCode ?? exitCodes.failed));
  else throw error;
});
process.stderr.on("error", (error: NodeJS.ErrnoException) => {
  // Notes that nobody reads any more stop nothing, least of all a change that is half done.
  if (error.code !== "EPIPE") throw error;
});
process.on("SIGINT", interrupt);
process.on("SIGTERM", interrupt);

void main();

async function main(): Promise<void> {
  const program = buildProgram(process.argv[2]);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    const hint = error instanceof CommanderError ? misplacedWord(error.code, program) : undefined;
    if (hint !== undefined) process.stderr.write(`(${hint})\n`);
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
