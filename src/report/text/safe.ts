// Evidence is foreign text: makes it printable, so that a log line cannot move the cursor, hide text or set a title.

const named: Readonly<Record<string, string>> = { "\t": "  ", "\r": "\\r", "\x1b": "\\e", "\0": "\\0" };

/** Control characters, bidirectional overrides, lone surrogates and invisible tag characters, but not the line break. */
const unsafe =
  /[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\u{e0000}-\u{e007f}]/gu;

/** Shows what would act on a terminal or hide from a reader as a visible escape. Line breaks stay. */
export function visible(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(unsafe, (found) => named[found] ?? escapeCode(found));
}

/** The same on one line, with runs of blank space and line breaks folded. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, " ").trim();
}

const asciiFor: Readonly<Record<string, string>> = {
  "→": "->",
  "←": "<-",
  "↔": "<->",
  "⇒": "=>",
  "…": "...",
  "·": "-",
  "•": "*",
  "–": "-",
  "—": "-",
  "−": "-",
  "×": "x",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
  "✓": "ok",
  "✗": "x",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "\u00a0": " ",
  "\u202f": " ",
  "│": "|",
  "─": "-",
  "├": "|",
  "└": "`",
  "●": "*",
};

/** Only ASCII: known signs get their usual stand-in, accents are dropped, the rest becomes a visible escape. */
export function ascii(text: string): string {
  return text.replace(/[^\x00-\x7f]/gu, (sign) => {
    const stand = asciiFor[sign];
    if (stand !== undefined) return stand;
    const base = sign.normalize("NFKD").replace(/\p{M}/gu, "");
    return /^[\x20-\x7e]+$/.test(base) ? base : escapeCode(sign);
  });
}

function escapeCode(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}
