// chown, chmod, mkdir and install inside the commands of Ansible tasks and scripts: who sets which owner and mode of which path.

export interface PathChange {
  readonly path: string;
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: string;
  readonly recurse?: boolean;
  readonly state?: string;
  /** 0-based line of the script the command stands on. */
  readonly line: number;
}

const maxLength = 200_000;

/** All changes of a shell script, in order. Variables of the shell stay as they are written. */
export function pathChanges(script: string): readonly PathChange[] {
  const changes: PathChange[] = [];
  for (const [line, text] of script.slice(0, maxLength).split("\n").entries()) {
    if (!/\b(?:chown|chgrp|chmod|mkdir|install)\b/.test(text) || text.length > 8_000) continue;
    for (const words of simpleCommands(text)) changes.push(...changesOf(words, line));
  }
  return changes;
}

function simpleCommands(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const token = /&&|\|\||[;|&()]|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s;|&()"'\\]|["'])+/g;
  for (const [word] of text.matchAll(token)) {
    if (/^(?:&&|\|\||[;|&()])$/.test(word)) commands.push([]);
    else if (word.startsWith("#")) break;
    else commands.at(-1)?.push(word.replace(/["']/g, ""));
  }
  return commands;
}

function changesOf(all: readonly string[], line: number): readonly PathChange[] {
  const start = all.findIndex((word) => /(?:^|\/)(?:chown|chgrp|chmod|mkdir|install)$/.test(word));
  if (
    start < 0 ||
    all.slice(0, start).some((word) => !/^(?:sudo|-\w+|\w+=.*|then|do|else|if|!|time|nice|root)$/.test(word))
  )
    return [];
  const program = (all[start] ?? "").replace(/^.*\//, "");
  const words = all.slice(start + 1).filter((word) => !/^\d?>/.test(word));
  if (program === "chown" || program === "chgrp") return ownerChanges(program, words, line);
  if (program === "chmod") return modeChanges(words, line);
  return creations(program, words, line);
}

function ownerChanges(program: string, words: readonly string[], line: number): readonly PathChange[] {
  const { operands, flags } = split(words, []);
  const [who = "", ...paths] = operands;
  const [owner = "", group] = program === "chgrp" ? ["", who] : who.split(/[:.](?=[^.]*$)/);
  return paths.map((path) => ({
    path,
    line,
    ...(owner === "" ? {} : { owner }),
    ...(group === undefined || group === "" ? {} : { group }),
    ...(isRecursive(flags) ? { recurse: true } : {}),
  }));
}

function modeChanges(words: readonly string[], line: number): readonly PathChange[] {
  const { operands, flags } = split(words, []);
  const [mode = "", ...paths] = operands;
  return paths.map((path) => ({ path, mode, line, ...(isRecursive(flags) ? { recurse: true } : {}) }));
}

function creations(program: string, words: readonly string[], line: number): readonly PathChange[] {
  const { operands, flags, values } = split(words, ["-m", "-o", "-g", "--mode", "--owner", "--group"]);
  if (program === "install" && !flags.includes("-d") && operands.length < 2) return [];
  const paths =
    program === "install" && !flags.some((flag) => /^-\w*d/.test(flag)) ? operands.slice(-1) : operands;
  const mode = values.get("-m") ?? values.get("--mode");
  const owner = values.get("-o") ?? values.get("--owner");
  const group = values.get("-g") ?? values.get("--group");
  return paths.map((path) => ({
    path,
    line,
    ...(program === "mkdir" ? { state: "directory" } : {}),
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
  }));
}

function split(words: readonly string[], withValue: readonly string[]) {
  const operands: string[] = [];
  const flags: string[] = [];
  const values = new Map<string, string>();
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [name = "", value] = word.split("=", 2);
    if (!word.startsWith("-") || word === "-") operands.push(word);
    else if (withValue.includes(word)) values.set(word, words[++at] ?? "");
    else if (withValue.includes(name) && value !== undefined) values.set(name, value);
    else flags.push(word);
  }
  return { operands, flags, values };
}

function isRecursive(flags: readonly string[]): boolean {
  return flags.some((flag) => flag === "--recursive" || /^-[a-zA-Z]*R/.test(flag));
}
