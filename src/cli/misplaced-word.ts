// The likeliest slip: `diagnose ./incident`, the place to read without the option that names it.
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { quoteWord } from "../model/quote.ts";

/** What the first word that a verb does not take was probably meant as. */
export function misplacedWord(code: string, program: Command): string | undefined {
  if (code !== "commander.excessArguments") return undefined;
  const verb = program.commands.find((command) => command.args.length > command.registeredArguments.length);
  const word = verb?.args[verb.registeredArguments.length];
  if (verb === undefined || word === undefined) return undefined;
  const takes = (option: string): boolean => verb.options.some(({ long }) => long === option);
  const call = `watchmend ${verb.name()}`;
  if (takes("--from") && (word === "-" || existsSync(word)))
    return `Did you mean ${call} --from ${quoteWord(word)}?`;
  const options = ["--from", "--host", "--context", "--file"].filter(takes);
  if (options.length === 0) return undefined;
  return `What ${quoteWord(word)} is, an option says: ${options.join(", ")}; see ${call} --help`;
}
