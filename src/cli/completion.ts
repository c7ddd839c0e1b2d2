// `completion`: the script a shell loads, made from the program.
import type { Command } from "commander";
import { ownRules } from "../lint/own-rules.ts";
import { rules } from "../rules/registry.ts";
import type { Shell } from "./commands/completion.ts";
import { bashCompletion } from "./completion/bash.ts";
import { fishCompletion } from "./completion/fish.ts";
import { type Grammar, grammarOf } from "./completion/grammar.ts";
import { zshCompletion } from "./completion/zsh.ts";
import { deliver } from "./output.ts";

const scripts: Readonly<Record<Shell, (grammar: Grammar) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export function completionOf(shell: Shell, program: Command): string {
  const ids = [...rules, ...Object.values(ownRules)].map((rule) => rule.id);
  return scripts[shell](grammarOf(program, { rule: ids.toSorted() }));
}

export function completion(shell: Shell, program: Command): void {
  deliver(completionOf(shell, program), undefined);
}
