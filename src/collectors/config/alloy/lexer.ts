// Tokens of Alloy's configuration language (River), with their lines. Never fails: what is no token is a token of its own.

export interface Token {
  readonly kind: "word" | "string" | "number" | "punctuation" | "end";
  /** For strings the value, for everything else the text as written. */
  readonly text: string;
  readonly line: number;
  readonly start: number;
  readonly stop: number;
  /** A string or comment that never ends. */
  readonly broken?: boolean;
}

const maxTokens = 500_000;
const word = /[A-Za-z_][\w]*/y;
const number = /\d[\w.]*(?:[eE][-+]?\d+)?/y;
const operator = /==|!=|<=|>=|&&|\|\||[{}()[\]=,.:+\-*/%^<>!?]/y;

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const push = (kind: Token["kind"], value: string, stop: number, broken = false) => {
    tokens.push({ kind, text: value, line, start: at, stop, ...(broken ? { broken } : {}) });
    // Nothing else reaches over a line's end.
    if (kind === "string") line += countLines(text, at, stop);
    at = stop;
  };
  while (at < text.length && tokens.length < maxTokens) {
    const char = text[at] ?? "";
    if (char === " ") {
      at++;
      continue;
    }
    if (char === "\n") line++;
    if (/\s/.test(char)) at++;
    else if (char === "#" || text.startsWith("//", at)) at = endOfLine(text, at);
    else if (text.startsWith("/*", at)) {
      const end = text.indexOf("*/", at + 2);
      line += countLines(text, at, end < 0 ? text.length : end);
      at = end < 0 ? text.length : end + 2;
    } else if (char === '"' || char === "`") {
      const { value, stop, broken } = readString(text, at, char);
      push("string", value, stop, broken);
    } else if (text.startsWith("<<", at) && /^<<-?[A-Za-z_]/.test(text.slice(at, at + 10))) {
      const { value, stop } = readHeredoc(text, at);
      push("string", value, stop);
    } else {
      const name = matchAt(word, text, at);
      const digits = name === undefined ? matchAt(number, text, at) : undefined;
      const match = name ?? digits ?? matchAt(operator, text, at) ?? char;
      const kind = name !== undefined ? "word" : digits !== undefined ? "number" : "punctuation";
      push(kind, match, at + match.length);
    }
  }
  tokens.push({ kind: "end", text: "", line, start: text.length, stop: text.length });
  return tokens;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
};

/** `"…"` ends at its line's end when it is never closed; a raw string runs over lines. */
function readString(
  text: string,
  at: number,
  quote: string,
): { value: string; stop: number; broken: boolean } {
  const end = text.indexOf(quote, at + 1);
  const plain = end < 0 ? "\\" : text.slice(at + 1, end);
  if (quote === "`" ? end >= 0 : !/[\\\n]/.test(plain)) return { value: plain, stop: end + 1, broken: false };
  let value = "";
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i] ?? "";
    if (char === quote) return { value, stop: i + 1, broken: false };
    if (quote === '"' && char === "\n") return { value, stop: i, broken: true };
    if (quote === '"' && char === "\\") {
      const next = text[++i] ?? "";
      value += escapes[next] ?? next;
    } else value += char;
  }
  return { value, stop: text.length, broken: true };
}

function readHeredoc(text: string, at: number): { value: string; stop: number } {
  const [whole = "", name = ""] = /^<<-?([A-Za-z_]\w*)[^\n]*\n?/.exec(text.slice(at, at + 400)) ?? [];
  const start = at + whole.length;
  for (let from = start; from < text.length; ) {
    const end = endOfLine(text, from);
    if (text.slice(from, end).trim() === name) return { value: text.slice(start, from), stop: end };
    from = end + 1;
  }
  return { value: text.slice(start), stop: text.length };
}
