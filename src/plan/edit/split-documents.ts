// Where the documents of a YAML stream begin and end. `---` and `...` at the start of a line end any document, whatever it is
// in the middle of, so no parsing is needed, and an edit has to read only the document it is about.
import { lineAt } from "./patch.ts";

/** A document with its `---` line: `text.slice(from, to)`. */
export interface Chunk {
  readonly from: number;
  readonly to: number;
  /** 1-based, inclusive. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Something stands in it besides comments and markers. */
  readonly filled: boolean;
}

export function splitDocuments(text: string): readonly Chunk[] {
  const starts = [0];
  for (let at = 0; at >= 0 && at < text.length; at = afterBreak(text, at)) {
    if (at > (starts.at(-1) ?? 0) && isMarker(text, at, 45)) starts.push(at);
    else if (isMarker(text, at, 46)) {
      const next = afterBreak(text, at);
      if (next > 0 && next < text.length) starts.push(next);
    }
  }
  const chunks: Chunk[] = [];
  let line = 1;
  for (const [i, from] of starts.entries()) {
    const to = starts[i + 1] ?? text.length;
    const lines = lineAt(text.slice(from, to), to - from) - (text[to - 1] === "\n" ? 1 : 0);
    const lastLine = Math.max(line, line + lines - 1);
    chunks.push({ from, to, firstLine: line, lastLine, filled: isFilled(text.slice(from, to)) });
    line = lastLine + 1;
  }
  return mergeHeads(text, chunks);
}

/** Comments and directives in front of a `---` belong to the document it opens. */
function mergeHeads(text: string, chunks: readonly Chunk[]): readonly Chunk[] {
  const merged: Chunk[] = [];
  for (const chunk of chunks) {
    const before = merged.at(-1);
    const isHead =
      before && !before.filled && !isMarker(text, before.from, 45) && isMarker(text, chunk.from, 45);
    if (isHead) merged[merged.length - 1] = { ...chunk, from: before.from, firstLine: before.firstLine };
    else merged.push(chunk);
  }
  return merged;
}

function afterBreak(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? -1 : end + 1;
}

/** Three of the sign at the start of a line, then a blank or nothing. */
function isMarker(text: string, at: number, sign: number): boolean {
  if (text.charCodeAt(at) !== sign || text.charCodeAt(at + 1) !== sign || text.charCodeAt(at + 2) !== sign)
    return false;
  const code = text.charCodeAt(at + 3);
  return Number.isNaN(code) || code === 32 || code === 9 || code === 10 || code === 13;
}

function isFilled(text: string): boolean {
  return text.split("\n").some((line) =>
    /\S/.test(
      line
        .replace(/^\ufeff/, "")
        .replace(/^(?:---|\.\.\.)(?=\s|$)/, "")
        .replace(/^\s*(?:#.*)?$/, "")
        .replace(/^%.*/, ""),
    ),
  );
}
