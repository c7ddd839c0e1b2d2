// Splits a command line the way a shell would, far enough to know what was run and what its output went through.

/** One simple command of a line, with the words of the commands its output is piped into. */
export interface SimpleCommand {
  readonly words: readonly string[];
  readonly pipedInto: readonly (readonly string[])[];
}

const maxLength = 8_192;
const operators = ["&&", "||", "|&", ";", "|", "&", "\n"] as const;

/** `a -b 'c d' | e; f` gives [{a -b "c d", piped into e}, {f}]. Redirections are dropped, never-ending quotes end at the end. */
export function splitCommands(line: string): SimpleCommand[] {
  const commands: { words: string[]; pipedInto: string[][] }[] = [];
  let target: string[] = [];
  let current: { words: string[]; pipedInto: string[][] } = { words: target, pipedInto: [] };
  for (const token of tokenise(line.slice(0, maxLength))) {
    if (token.operator === undefined) {
      target.push(token.text);
      continue;
    }
    if (token.operator === "|" || token.operator === "|&") {
      target = [];
      current.pipedInto.push(target);
      continue;
    }
    commands.push(current);
    target = [];
    current = { words: target, pipedInto: [] };
  }
  commands.push(current);
  return commands.filter((command) => command.words.length > 0);
}

/** Only the words, operators included as plain words: for lines that are known to be one command. */
export function splitWords(line: string): string[] {
  return tokenise(line.slice(0, 65_536)).map((token) => token.text);
}

interface Token {
  readonly text: string;
  readonly operator?: string;
}

function tokenise(line: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  while (position < line.length) {
    const rest = line.slice(position, position + 2);
    const operator = operators.find((candidate) => rest.startsWith(candidate));
    if (operator !== undefined) {
      tokens.push({ text: operator, operator });
      position += operator.length;
    } else if (/\s/.test(line[position] ?? "")) {
      position += 1;
    } else if (line[position] === "#") {
      break;
    } else {
      const word = readWord(line, position);
      position = word.end;
      if (!isRedirection(word.text)) tokens.push({ text: word.text });
      else if (/[<>]$/.test(word.text)) position = skipWord(line, position);
    }
  }
  return tokens;
}

function isRedirection(word: string): boolean {
  return /^(?:\d?>{1,2}|&>{1,2}|<)/.test(word);
}

function skipWord(line: string, from: number): number {
  let position = from;
  while (position < line.length && /[ \t]/.test(line[position] ?? "")) position += 1;
  return readWord(line, position).end;
}

function readWord(line: string, from: number): { text: string; end: number } {
  let text = "";
  let quote = "";
  let position = from;
  for (; position < line.length; position += 1) {
    const char = line[position] ?? "";
    if (quote !== "") {
      if (char === quote) quote = "";
      else if (char === "\\" && quote === '"' && /["\\$`]/.test(line[position + 1] ?? "")) {
        position += 1;
        text += line[position];
      } else text += char;
    } else if (char === "'" || char === '"') quote = char;
    else if (char === "\\" && line[position + 1] === "\n") position += 1;
    else if (char === "\\" && position + 1 < line.length) {
      position += 1;
      text += line[position];
    } else if (line.startsWith("{{", position) && endOfExpression(line, position) > 0) {
      const end = endOfExpression(line, position);
      text += line.slice(position, end);
      position = end - 1;
    } else if (/[\s;|]/.test(char)) break;
    else if (char === "&" && !isPartOfRedirection(line, position, text)) break;
    else text += char;
  }
  return { text, end: Math.max(position, from + 1) };
}

const longestExpression = 200;

/** An expression of Jinja or Go is a word's part, with its blanks and bars: a shell sees it only after it was replaced. */
function endOfExpression(line: string, from: number): number {
  const end = line.slice(from, from + longestExpression).indexOf("}}");
  return end < 0 ? -1 : from + end + 2;
}

/** `2>&1` and `&>file` hold an ampersand that ends nothing. */
function isPartOfRedirection(line: string, position: number, word: string): boolean {
  return /[<>]$/.test(word) || line[position + 1] === ">";
}
