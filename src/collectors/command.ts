// What a segment's command line really ran: behind sudo, ssh, timeout, `docker exec`, `kubectl exec`, `sh -c`.
import type { Segment } from "../model/evidence.ts";
import { type SimpleCommand, splitCommands } from "../model/shell-words.ts";
import { dropAssignments, innerCommand, type Surroundings } from "./wrapped-command.ts";

export interface RanCommand {
  /** Base name of the program: `docker`, `ss`. */
  readonly program: string;
  readonly args: readonly string[];
  /** Programs the output went through: `grep`, `wc`. */
  readonly filters: readonly string[];
  /** Words of the last filter, e.g. ["wc", "-l"]. */
  readonly lastFilter?: readonly string[];
  /** From `ssh HOST command`. */
  readonly host?: string;
  /** Name of the container or pod it ran in. */
  readonly container?: string;
  readonly namespace?: string;
  /** From `timeout 5 command`. */
  readonly timeoutSeconds?: number;
}

const cache = new WeakMap<Segment, readonly RanCommand[]>();

/** All simple commands of the segment's command line, unwrapped. Empty without a command. */
export function commandsOf(segment: Segment): readonly RanCommand[] {
  if (segment.command === undefined) return [];
  const known = cache.get(segment);
  if (known) return known;
  const commands = parseCommandLine(segment.command);
  cache.set(segment, commands);
  return commands;
}

/** The first of the segment's commands that runs one of these programs. */
export function commandOf(segment: Segment, ...programs: readonly string[]): RanCommand | undefined {
  return commandsOf(segment).find((command) => programs.includes(command.program));
}

/** The container or pod the segment was read in: from `docker exec`, `kubectl exec`, or what the splitter knows. */
export function containerOf(segment: Segment): string | undefined {
  const wrapped = commandsOf(segment).find((command) => command.container !== undefined)?.container;
  return wrapped ?? segment.hints?.container ?? segment.hints?.pod;
}

export function parseCommandLine(line: string): RanCommand[] {
  return splitCommands(line).flatMap((simple) => unwrap(simple, {}, 0));
}

function unwrap(simple: SimpleCommand, around: Surroundings, depth: number): RanCommand[] {
  const words = dropAssignments(simple.words);
  const [first = "", ...args] = words;
  const program = first.slice(first.lastIndexOf("/") + 1);
  const inner = depth < 8 ? innerCommand(program, args) : undefined;
  if (inner) {
    const surroundings = { ...around, ...inner.around };
    if (inner.line !== undefined) {
      const nested = splitCommands(inner.line);
      return nested.flatMap((command) =>
        unwrap(
          { ...command, pipedInto: [...command.pipedInto, ...simple.pipedInto] },
          surroundings,
          depth + 1,
        ),
      );
    }
    if (inner.words.length > 0) {
      return unwrap({ words: inner.words, pipedInto: simple.pipedInto }, surroundings, depth + 1);
    }
  }
  if (program === "") return [];
  const filters = simple.pipedInto.map((filter) => filter[0] ?? "");
  const lastFilter = simple.pipedInto.at(-1);
  return [{ program, args, filters, ...(lastFilter ? { lastFilter } : {}), ...around }];
}
