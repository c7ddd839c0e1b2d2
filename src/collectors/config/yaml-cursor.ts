// Position in a YAML text, and the steps every part of the YAML reader takes: over blanks, comments and line ends.
import { DocumentFault, maxEntries } from "./document-fault.ts";
import { type LineLog, logEntry, newLineLog } from "./line-log.ts";

export interface Anchor {
  readonly value: unknown;
  /** Stretch of entries in the line log that belong to the anchored node. */
  readonly from: number;
  readonly to: number;
}

export interface Cursor {
  readonly text: string;
  pos: number;
  /** 1-based. */
  line: number;
  /** Offset of the first character of the line. */
  lineStart: number;
  depth: number;
  readonly log: LineLog;
  readonly duplicates: number[];
  readonly anchors: Map<string, Anchor | "open">;
}

export function newCursor(text: string): Cursor {
  return {
    text,
    pos: 0,
    line: 1,
    lineStart: 0,
    depth: 0,
    log: newLineLog(),
    duplicates: [],
    anchors: new Map(),
  };
}

export function column(c: Cursor): number {
  return c.pos - c.lineStart;
}

export function atEnd(c: Cursor): boolean {
  return c.pos >= c.text.length;
}

/** Space, tab, line end or end of text. */
export function isBlankAt(c: Cursor, pos: number): boolean {
  const code = c.text.charCodeAt(pos);
  return code === 32 || code === 10 || code === 9 || Number.isNaN(code);
}

/** Moves to the next line; `end` is the offset of the line feed (or -1 at the end of the text). */
export function nextLine(c: Cursor, end: number): void {
  if (end < 0) {
    c.pos = c.text.length;
    return;
  }
  c.pos = end + 1;
  c.line++;
  c.lineStart = c.pos;
}

/** Only spaces stand between the start of the line and the cursor. */
export function atLineStart(c: Cursor): boolean {
  for (let at = c.lineStart; at < c.pos; at++) if (c.text.charCodeAt(at) !== 32) return false;
  return true;
}

/** Moves to the next character that is neither blank nor comment; false at the end of the text. */
export function skipToContent(c: Cursor, inFlow = false): boolean {
  const { text } = c;
  for (;;) {
    const code = text.charCodeAt(c.pos);
    if (code === 32) c.pos++;
    else if (code === 10) nextLine(c, c.pos);
    else if (code === 35) nextLine(c, text.indexOf("\n", c.pos));
    else if (code === 9) skipTab(c, inFlow);
    else return c.pos < text.length;
  }
}

/** Tabs may separate tokens on one line, but never indent one. */
function skipTab(c: Cursor, inFlow: boolean): void {
  if (!inFlow && atLineStart(c) && !isBlankLineFrom(c)) {
    throw new DocumentFault("found character that cannot start any token", c.line);
  }
  c.pos++;
}

function isBlankLineFrom(c: Cursor): boolean {
  for (let at = c.pos; ; at++) {
    const code = c.text.charCodeAt(at);
    if (code === 10 || code === 35 || Number.isNaN(code)) return true;
    if (code !== 32 && code !== 9) return false;
  }
}

/** Adds a key or list item to the line log, within the bound that stops YAML bombs. */
export function addEntry(c: Cursor, parent: number, key: string | number, line: number): number {
  if (c.log.keys.length >= maxEntries) throw new DocumentFault("document contains excessive aliasing", line);
  return logEntry(c.log, parent, key, line);
}
