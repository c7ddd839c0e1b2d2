// Removes what a terminal would have acted on instead of showing it: colours, titles, overstrikes, progress bars.

/** ESC and the 8-bit CSI, plus the caret form that `cat -v` and `less` print. */
const mayHaveEscapes = /[\x1b\x9b\x07\b\r]|\^\[\[|\[(?:0|39)?m/;

// Every alternative starts with its own literal and runs over a class that excludes its end: linear.
const csi = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]/g;
const osc = /\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)?/g;
const strings = /\x1b[PX^_][^\x1b\n]*(?:\x1b\\)?/g;
const shortEscape = /\x1b[ -/]*[0-~]?/g;
const caretForm = /\^\[\[[0-9;]{0,20}[A-Za-z]/g;
/** Colours whose ESC was lost on the way (copied from a web console), only where a reset shows what they are. */
const orphan = /\[\d{1,3}(?:;\d{1,3}){0,4}m/g;
const orphanReset = /\[(?:0|39)m/;

/** One line, without its line feed. */
export function stripEscapes(line: string): string {
  if (!mayHaveEscapes.test(line)) return line;
  let text = line;
  if (/[\x1b\x9b]/.test(text)) {
    text = text.replace(osc, "").replace(strings, "").replace(csi, "").replace(shortEscape, "");
  }
  if (text.includes("^[[")) text = text.replace(caretForm, "");
  if (orphanReset.test(text)) text = text.replace(orphan, "").replace(/\[m/g, "");
  if (text.includes("\x07")) text = text.replaceAll("\x07", "");
  if (text.includes("\b")) text = applyBackspaces(text);
  return text.includes("\r") ? lastOverwrite(text) : text;
}

function applyBackspaces(line: string): string {
  const out: string[] = [];
  for (const char of line) {
    if (char === "\b") out.pop();
    else out.push(char);
  }
  return out.join("");
}

/** `10%\r20%\r100%` shows `100%`; a CR at the end is half of a CRLF. */
function lastOverwrite(line: string): string {
  const parts = line.split("\r");
  for (let i = parts.length - 1; i >= 0; i--) {
    const part = parts[i];
    if (part?.trim()) return part;
  }
  return "";
}
