// `init`: an existing inventory, compose file or prometheus.yml to a model; without one, questions or a file to fill in.
import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { diagnosePath } from "../diagnose/diagnose.ts";
import { exitCodes, UserError } from "../model/errors.ts";
import { nameFrom } from "../stack-file/import/draft.ts";
import { importStack } from "../stack-file/import/import-stack.ts";
import { noteText, openPoints, starterFile, writeStackFile } from "../stack-file/import/write.ts";
import { readStackFile } from "../stack-file/read.ts";
import { isAddress } from "../stack-file/words.ts";
import type { InitOptions } from "./commands/init.ts";
import { deliver, note } from "./output.ts";
import { version } from "./version.ts";

export async function init(options: InitOptions): Promise<number> {
  const toStdout = options.output === "-";
  if (!toStdout && existsSync(options.output) && !options.force)
    throw new UserError(
      "output-unwritable",
      `${options.output} is there already`,
      "Write to another file with -o FILE, or overwrite it with --force.",
    );
  const text =
    options.from === undefined ? await newFile(options) : await importedFile(options, options.from);
  deliver(text, toStdout ? undefined : options.output);
  const open = openPoints(options.output, readStackFile(text).faults);
  for (const point of open) note(options, `to do: ${point}`);
  if (!toStdout) note(options, `wrote ${options.output}; next: watchmend render`);
  return open.length > 0 ? exitCodes.problems : exitCodes.clean;
}

async function importedFile(options: InitOptions, from: string): Promise<string> {
  const analysis = await diagnosePath(from, { rules: [], version: version(), mode: "lint" });
  const name =
    options.name ?? (from === "-" ? "monitoring" : basename(resolve(from)).replace(/\.[a-z]+$/i, ""));
  const { input, notes, sources } = importStack(analysis.factSet.facts, analysis.stack, name);
  if (sources.length === 0)
    throw new UserError(
      "usage",
      `nothing in ${from} is an Ansible inventory, a compose file, a prometheus.yml or docker inspect output`,
      "Name one of these, or leave --from out for a file to fill in.",
    );
  for (const one of notes) note(options, `not carried over: ${noteText(one)}`);
  for (const gap of analysis.factSet.gaps) note(options, `could not read: ${gap.what}: ${gap.detail}`);
  return writeStackFile(input, notes, sources);
}

async function newFile(options: InitOptions): Promise<string> {
  const name = nameFrom(options.name ?? basename(process.cwd()));
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    return starterFile({ name, server: "10.0.0.10", agents: [] });
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const stack = await terminal.question(`Name of the stack [${name}]: `);
    const server = await askAddress(
      "Address of the monitoring server, as the other hosts reach it: ",
      (text) => terminal.question(text),
    );
    const agents = await terminal.question(
      "Addresses of the other hosts, separated by blanks (none: Enter): ",
    );
    const list = agents.split(/[\s,]+/).filter((one) => one !== "");
    for (const one of list.filter((address) => !isAddress(address)))
      note({}, `left out: ${one} is no address`);
    return starterFile({
      name: stack.trim() === "" ? name : nameFrom(stack),
      server,
      agents: list.filter(isAddress),
    });
  } finally {
    terminal.close();
  }
}

async function askAddress(question: string, ask: (question: string) => Promise<string>): Promise<string> {
  for (let tries = 0; tries < 5; tries++) {
    const answer = (await ask(question)).trim();
    if (isAddress(answer)) return answer;
    note({}, `${answer === "" ? "nothing" : answer} is no address: write 10.0.0.10 or mon.example.org`);
  }
  throw new UserError(
    "usage",
    "no address was given",
    "Run watchmend init again, or write watchmend.yaml by hand (docs/model.md).",
  );
}
