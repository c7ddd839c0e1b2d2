// Finds where a command's output ends and a person starts to write.

const longestLook = 600;

/** First line (0-based) of trailing paragraphs of plain sentences in `[from, to)`; undefined when there is none. */
export function proseStart(lines: readonly string[], first: number, to: number): number | undefined {
  const from = bodyStart(lines, first, to);
  let start: number | undefined;
  let end = to;
  while (end > from && isBlank(lines[end - 1])) end--;
  while (end > from) {
    let top = end;
    while (top > from && !isBlank(lines[top - 1])) top--;
    // The first paragraph is the command's own answer, whatever it reads like.
    if (top <= from || !isParagraph(lines, top, end)) break;
    start = top;
    end = top;
    while (end > from && isBlank(lines[end - 1])) end--;
    if (end === from) return undefined;
  }
  return start;
}

/** Behind the head of an HTTP answer (`curl -i`), whose body is the command's own answer, too. */
function bodyStart(lines: readonly string[], from: number, to: number): number {
  if (!/^HTTP\/[\d.]{1,3} \d{3}\b/.test(lines[from] ?? "")) return from;
  for (let i = from; i < to; i++) if (isBlank(lines[i])) return Math.min(i + 1, to);
  return from;
}

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === "";
}

function isParagraph(lines: readonly string[], from: number, to: number): boolean {
  if (to - from > 30) return false;
  for (let i = from; i < to; i++) if (!isSentence(lines[i] ?? "")) return false;
  return true;
}

/** Words and punctuation only, no columns, no keys, no brackets at its start. */
export function isSentence(text: string): boolean {
  const line = text.slice(0, longestLook);
  if (!/^[A-Z"'(]?[\p{L}]/u.test(line) || /\S {2,}\S|\t/.test(line)) return false;
  if (/^\S+[=:]\S|^\S+=/.test(line) || /^(?:[A-Z][a-z]{2} [ \d]\d|\d{4}-\d\d)/.test(line)) return false;
  const tokens = line.trim().split(/\s+/);
  if (tokens.length < 4) return false;
  const plain = tokens.filter((token) => /^["'(]?[\p{L}][\p{L}'’-]*["')]?[.,;:?!)]*$/u.test(token)).length;
  return plain / tokens.length >= 0.7;
}
