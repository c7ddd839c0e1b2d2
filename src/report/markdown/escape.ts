// Keeps foreign text inert in GitHub flavoured Markdown: in prose, in table cells, in code spans and in fences.
import { prosePieces } from "../text/prose.ts";
import { oneLine, visible } from "../text/safe.ts";

/** Entities also survive inside HTML blocks and table cells, where a backslash does not always. */
const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "|": "&#124;",
  "`": "\\`",
  $: "<span>$</span>",
};

/** Prose on one line: code between single backticks stays code, nothing else in it is markup, a mention or a link. */
export function escapeMarkdown(text: string): string {
  return prosePieces(oneLine(text))
    .map((piece) => ("code" in piece ? codeInProse(piece.code) : escapeText(piece.text)))
    .join("");
}

function codeInProse(code: string): string {
  return code.trim() === "" ? escapeText(`\`${code}\``) : inlineCode(code);
}

function escapeText(text: string): string {
  return text
    .replace(/[\\*~[\]]/g, "\\$&")
    .replace(/[&<>|`$]/g, (sign) => entities[sign] ?? sign)
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
    .replace(/@(?=[\p{L}\p{N}])/gu, "&#64;")
    .replace(/(^|[^\p{L}\p{N}&])#(?=\d)/gu, "$1&#35;")
    .replace(
      /\b(https?|ftp|www)(:\/\/|\.)/gi,
      (_, scheme: string, rest: string) => `${scheme}<span></span>${rest}`,
    )
    .replace(/^([#+=-])/, "\\$1")
    .replace(/^(\d+)([.)])(?=\s|$)/, "$1\\$2");
}

/**
 * A code span; in a table cell a pipe would end the cell even inside code, so such text becomes a `<code>` element, in
 * which every sign that Markdown, autolinks, mentions or emoji codes react to is an entity.
 */
export function inlineCode(text: string): string {
  const line = oneLine(text);
  if (line === "") return "";
  if (!/[|`\\<>&]/.test(line)) return `\`${line}\``;
  const escaped = line
    .replace(/[^\p{L}\p{N} ./()"',;{}%+=!?-]/gu, (sign) => `&#${sign.codePointAt(0)};`)
    .replace(/\bwww\./gi, (found) => found.replace(".", "&#46;"));
  return `<code>${escaped}</code>`;
}

/** A fenced block whose fence is longer than any run of backticks inside. */
export function fenced(text: string, language: string): string[] {
  const body = visible(text).replace(/\n+$/, "");
  const longest = Math.max(0, ...[...body.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}${language}`, ...body.split("\n"), fence];
}
