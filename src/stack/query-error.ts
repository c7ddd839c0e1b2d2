// What is wrong with a query, as the engines word it, from the place where its grammar broke off.

export interface QueryError {
  readonly message: string;
  /** Offset in the expression. */
  readonly offset: number;
}

interface Scan {
  /** Offsets of brackets that were never closed, innermost last. */
  readonly open: readonly { readonly char: string; readonly offset: number }[];
  readonly unexpectedClose?: { readonly char: string; readonly offset: number };
  readonly openQuote?: number;
}

const closes: Readonly<Record<string, string>> = { ")": "(", "]": "[", "}": "{" };

/** Brackets and quotes, outside strings and comments. */
export function scanBrackets(text: string): Scan {
  const open: { char: string; offset: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? "";
    if (char === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (char === '"' || char === "'" || char === "`") {
      const end = closingQuote(text, at);
      if (end < 0) return { open, openQuote: at };
      at = end;
    } else if (char === "(" || char === "[" || char === "{") open.push({ char, offset: at });
    else if (closes[char] !== undefined) {
      if (open.at(-1)?.char !== closes[char]) return { open, unexpectedClose: { char, offset: at } };
      open.pop();
    }
  }
  return { open };
}

function closingQuote(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\" && quote !== "`") at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

const bracketNames: Readonly<Record<string, string>> = { ")": "parenthesis", "]": "bracket", "}": "brace" };

/** Mistakes with brackets and quotes, which explain most broken queries. */
export function bracketError(text: string): QueryError | undefined {
  const scan = scanBrackets(text);
  if (scan.openQuote !== undefined) return { message: "unterminated quoted string", offset: scan.openQuote };
  if (scan.unexpectedClose) {
    const { char, offset } = scan.unexpectedClose;
    return { message: `unexpected right ${bracketNames[char] ?? "bracket"} '${char}'`, offset };
  }
  const last = scan.open.at(-1);
  if (!last) return undefined;
  if (last.char === "{") return { message: "unexpected end of input inside braces", offset: text.length };
  return {
    message: last.char === "(" ? "unclosed left parenthesis" : "unclosed left bracket",
    offset: last.offset,
  };
}

/** The token at an offset, for `unexpected …`. */
export function tokenAt(text: string, offset: number): string {
  const rest = text.slice(offset).trimStart();
  if (rest === "") return "end of input";
  const word = /^[A-Za-z_:][\w:]*/.exec(rest)?.[0];
  if (word !== undefined) return `identifier "${word.slice(0, 60)}"`;
  const number = /^\d[\d.]*/.exec(rest)?.[0];
  if (number !== undefined) return `number "${number.slice(0, 30)}"`;
  const string = /^(?:"[^"\n]{0,60}"?|'[^'\n]{0,60}'?)/.exec(rest)?.[0];
  if (string !== undefined) return `string ${string}`;
  const operator = /^(?:==|!=|<=|>=|=~|!~)/.exec(rest)?.[0];
  return operator === undefined ? `character: '${rest[0] ?? ""}'` : `"${operator}"`;
}

/** 1-based line and column, as the engines print them. */
export function lineAndColumn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
