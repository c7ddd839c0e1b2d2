// man/watchmend.1, made from the program: what --help says, as a manual page.
import { type Command, Help } from "commander";
import { buildProgram } from "../src/cli/program.ts";
import { version } from "../src/cli/version.ts";

export const manPagePath = "man/watchmend.1";

/** The same program gives the same page. */
export function manPage(): string {
  const program = buildProgram();
  const name = program.name();
  const lines = [
    `.\\" Made by npm run docs from the program itself; changes belong there.`,
    `.TH ${name.toUpperCase()} 1 "" "${name} ${version()}" "User Commands"`,
    ".SH NAME",
    `${name} \\- ${roff(sentence(program.description()))}`,
    ".SH SYNOPSIS",
    ...program.commands.flatMap((command) => [".br", `.B ${name} ${roff(usageOf(command))}`]),
    ".SH DESCRIPTION",
    roff(program.description()),
    ".SH OPTIONS",
    ...optionsOf(program),
    ".SH COMMANDS",
    ...program.commands.flatMap((command) => [
      `.SS ${roff(`${name} ${usageOf(command)}`)}`,
      roff(capital(`${command.description()}.`)),
      ...argumentsOf(command),
      ...optionsOf(command),
      ...afterHelp(command),
    ]),
    ...afterHelp(program, "EXAMPLES"),
    ".SH EXIT STATUS",
    ...term("0", "clean"),
    ...term("1", "problems found, or changes pending"),
    ...term("2", "could not tell: evidence is missing, so there is no verdict"),
    ...term("3", "the command itself failed: usage, configuration, unreachable"),
    ...term("130", "interrupted"),
    ".SH ENVIRONMENT",
    ...term("NO_COLOR", "no colours when it is set"),
    ...term("WATCHMEND_DEBUG", "show where watchmend itself failed"),
  ];
  return `${lines.join("\n")}\n`;
}

function usageOf(command: Command): string {
  return `${command.name()} ${command.usage()}`.trim();
}

function optionsOf(command: Command): string[] {
  const help = new Help();
  return help
    .visibleOptions(command)
    .flatMap((option) => term(option.flags, help.optionDescription(option), "B"));
}

function argumentsOf(command: Command): string[] {
  const help = new Help();
  return help
    .visibleArguments(command)
    .flatMap((argument) => term(`<${argument.name()}>`, help.argumentDescription(argument), "I"));
}

/** What stands behind the options in --help: prose, then examples, each line as it is. */
function afterHelp(command: Command, heading?: string): string[] {
  let whole = "";
  const writeOut = (text: string): void => {
    whole += text;
  };
  command.configureOutput({ writeOut });
  command.outputHelp();
  const own = whole.slice(command.helpInformation().length).trim();
  if (own === "") return [];
  return [...(heading ? [`.SH ${heading}`] : []), ".PP", ".nf", ...own.split("\n").map(roff), ".fi"];
}

function term(name: string, text: string, font: "B" | "I" = "B"): string[] {
  return [".TP", `.${font} ${roff(name)}`, roff(text)];
}

/** Hyphens that are typed stay hyphens, and no line is taken for a request. */
function roff(text: string): string {
  const plain = text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll(/[^\x20-\x7e\n]/gu, (sign) => `\\[u${codePoint(sign)}]`);
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}

function sentence(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, "");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** As groff writes it: four digits or more. */
function codePoint(sign: string): string {
  return (sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
