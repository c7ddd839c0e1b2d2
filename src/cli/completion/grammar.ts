// What can be typed, read from the program itself, so that completion and the man page never differ from --help.
import type { Argument, Command, Option } from "commander";

export interface Verb {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Flag[];
  readonly operands: readonly Operand[];
}

export interface Flag {
  /** `-o`, where there is one. */
  readonly short?: string;
  readonly long: string;
  readonly description: string;
  /** What follows; undefined for a switch. */
  readonly value?: Value;
}

export interface Operand {
  readonly name: string;
  readonly value: Value;
}

/** Words to choose from, a path, or free text. */
export type Value =
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "path" | "text" };

export interface Grammar {
  readonly program: string;
  readonly verbs: readonly Verb[];
  /** Options in front of the verb. */
  readonly options: readonly Flag[];
}

/** `words`: what an operand of this name may be, for those whose values the program itself does not list. */
export function grammarOf(program: Command, words: Readonly<Record<string, readonly string[]>>): Grammar {
  return {
    program: program.name(),
    options: flagsOf(program),
    verbs: [
      ...program.commands.map((command) => ({
        name: command.name(),
        description: command.description(),
        options: flagsOf(command),
        operands: command.registeredArguments.map((argument) => operandOf(argument, words)),
      })),
      helpVerb(program),
    ],
  };
}

function helpVerb(program: Command): Verb {
  const verbs = program.commands.map((command) => command.name());
  return {
    name: "help",
    description: "display help for a command",
    options: [],
    operands: [{ name: "command", value: { kind: "words", words: verbs } }],
  };
}

function flagsOf(command: Command): readonly Flag[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .flatMap((option) => {
      const { short, long, description } = option;
      if (!long) return [];
      const value = valueAfter(option);
      return [{ ...(short ? { short } : {}), long, description, ...(value ? { value } : {}) }];
    });
}

function valueAfter(option: Option): Value | undefined {
  if (!option.required && !option.optional) return undefined;
  if (option.argChoices) return { kind: "words", words: option.argChoices };
  return guess(/[<[]([\w-]+)/.exec(option.flags)?.[1] ?? "");
}

function operandOf(argument: Argument, words: Readonly<Record<string, readonly string[]>>): Operand {
  const name = argument.name();
  const known = argument.argChoices ?? words[name];
  return { name, value: known ? { kind: "words", words: known } : guess(name) };
}

/** `<path>`, `<file>` and `<folder>` are completed as paths. */
function guess(name: string): Value {
  return { kind: /^(?:path|file|folder|dir)$/.test(name) ? "path" : "text" };
}
