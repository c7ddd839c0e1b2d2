// Options and operands of a command line, in any of their spellings.

/** Arguments that are not options. `withValue` lists options whose value is the next word. */
export function operands(args: readonly string[], withValue: readonly string[] = []): string[] {
  const found: string[] = [];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    if (word === "--") return [...found, ...args.slice(i + 1)];
    if (withValue.includes(word)) i += 1;
    else if (!word.startsWith("-") || word === "-") found.push(word);
  }
  return found;
}

/** Value of an option in any of its spellings: `-n x`, `-nx` (short only), `--name x`, `--name=x`. */
export function optionValue(args: readonly string[], ...names: readonly string[]): string | undefined {
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    if (names.includes(word)) return args[i + 1];
    const long = names.find((name) => name.startsWith("--") && word.startsWith(`${name}=`));
    if (long !== undefined) return word.slice(long.length + 1);
  }
  return undefined;
}
