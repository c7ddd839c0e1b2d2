// A completion script for fish: ~/.config/fish/completions/watchmend.fish, or sourced.
import type { Flag, Grammar, Value, Verb } from "./grammar.ts";

export function fishCompletion({ program, verbs, options }: Grammar): string {
  const lines = [
    `# fish completion for ${program}; load it with: ${program} completion fish | source`,
    `complete -c ${program} -f`,
    ...options.map((option) => line(program, "__fish_use_subcommand", flag(option))),
    ...verbs.map((verb) =>
      line(program, "__fish_use_subcommand", `-a ${verb.name} -d ${quote(verb.description)}`),
    ),
    ...verbs.flatMap((verb) => verbLines(program, verb)),
  ];
  return `${lines.join("\n")}\n`;
}

function verbLines(program: string, verb: Verb): string[] {
  const condition = `__fish_seen_subcommand_from ${verb.name}`;
  return [
    ...verb.options.map((option) => line(program, condition, flag(option))),
    ...verb.operands.flatMap(({ value }) => {
      const values = operand(value);
      return values ? [line(program, condition, values)] : [];
    }),
  ];
}

function line(program: string, condition: string, rest: string): string {
  return `complete -c ${program} -n ${quote(condition)} ${rest}`;
}

function flag({ short, long, description, value }: Flag): string {
  const names = [...(short ? [`-s ${short.slice(1)}`] : []), `-l ${long.slice(2)}`].join(" ");
  return `${names} -d ${quote(description)}${after(value)}`;
}

function after(value: Value | undefined): string {
  if (!value) return "";
  if (value.kind === "words") return ` -x -a ${quote(value.words.join(" "))}`;
  return value.kind === "path" ? " -r -F" : " -x";
}

function operand(value: Value): string | undefined {
  if (value.kind === "words") return `-a ${quote(value.words.join(" "))}`;
  return value.kind === "path" ? "-F" : undefined;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
