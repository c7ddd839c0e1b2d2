// Byte-range changes of a text, and the questions about lines they need answered.

/** Replaces `text.slice(from, to)`; an insertion has `from === to`. */
export interface Patch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Applies patches that do not overlap; those at one offset go in the order given. */
export function applyPatches(text: string, patches: readonly Patch[]): string {
  const ordered = patches
    .map((patch, order) => ({ ...patch, order }))
    .sort((a, b) => a.from - b.from || a.to - b.to || a.order - b.order);
  let result = "";
  let at = 0;
  for (const patch of ordered) {
    if (patch.from < at) throw new Error("overlapping patches");
    result += text.slice(at, patch.from) + patch.text;
    at = patch.to;
  }
  return result + text.slice(at);
}

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Offset of the line break (`\r` of `\r\n`) that ends the line, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  if (at < 0) return text.length;
  return at > offset && text[at - 1] === "\r" ? at - 1 : at;
}

/** Offset behind the line break that ends the line. */
export function nextLine(text: string, offset: number): number {
  const at = text.indexOf("\n", offset);
  return at < 0 ? text.length : at + 1;
}

/** 1-based line of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line++;
  return line;
}

/** The line break used around an offset: of this line, else of the one before it, else `\n`. */
export function eolAt(text: string, offset: number): string {
  const own = text.indexOf("\n", offset);
  const at = own >= 0 ? own : text.lastIndexOf("\n", Math.max(0, offset - 1));
  return at > 0 && text[at - 1] === "\r" ? "\r\n" : "\n";
}

/** Puts whole lines (without line breaks) behind the line of `offset`, also where the text does not end with a line break. */
export function insertLinesAfter(text: string, offset: number, lines: readonly string[]): Patch {
  const eol = eolAt(text, offset);
  const at = nextLine(text, offset);
  const endsOpen = at === text.length && !text.endsWith("\n");
  const body = lines.join(eol);
  return { from: at, to: at, text: endsOpen ? `${eol}${body}` : `${body}${eol}` };
}

/** Removes the whole lines from the one of `start` to the one of `end`. */
export function removeLines(text: string, start: number, end: number): Patch {
  return { from: lineStart(text, start), to: nextLine(text, end), text: "" };
}
