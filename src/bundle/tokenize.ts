// Words of a command line, with where they stand; good enough to find options, not a shell.

export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Words with their quotes taken away. */
export function tokenize(command: string): readonly Token[] {
  const tokens: Token[] = [];
  let text = "";
  let start = -1;
  let quote = "";
  for (let i = 0; i < command.length; i++) {
    const char = command[i] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      else text += char;
    } else if (char === "'" || char === '"') {
      quote = char;
      if (start < 0) start = i;
    } else if (/\s/.test(char)) {
      if (start >= 0) tokens.push({ text, start, end: i });
      text = "";
      start = -1;
    } else {
      if (start < 0) start = i;
      text += char === "\\" ? (command[++i] ?? "") : char;
    }
  }
  if (start >= 0) tokens.push({ text, start, end: command.length });
  return tokens;
}

/** What stands behind token `from`: one quoted word is a whole command of its own. */
export function restFrom(command: string, tokens: readonly Token[], from: number): string {
  const token = tokens[from];
  if (!token) return "";
  if (from === tokens.length - 1) return token.text.trim();
  return command.slice(token.start).trim();
}
