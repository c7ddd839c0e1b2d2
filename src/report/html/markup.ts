// HTML that cannot be broken out of: everything put into a template is escaped unless it was itself made by one.
import { prosePieces } from "../text/prose.ts";
import { visible } from "../text/safe.ts";

export interface Markup {
  readonly markup: string;
}

type Piece = Markup | string | number | undefined | false | readonly Piece[];

/** Tagged template. Holes may hold text (escaped), other markup, lists of both, or nothing. Attribute values must be quoted. */
export function html(parts: TemplateStringsArray, ...holes: readonly Piece[]): Markup {
  let markup = parts[0] ?? "";
  for (const [index, hole] of holes.entries()) markup += put(hole) + (parts[index + 1] ?? "");
  return { markup };
}

/** Text of our own that is markup already: style sheet, script. Never evidence. */
export function trusted(markup: string): Markup {
  return { markup };
}

function put(piece: Piece): string {
  if (piece === undefined || piece === false) return "";
  if (typeof piece === "number") return String(piece);
  if (typeof piece === "string") return escapeHtml(piece);
  return "markup" in piece ? piece.markup : piece.map(put).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

export function escapeHtml(text: string): string {
  return visible(text).replace(/[&<>"'`]/g, (sign) => entities[sign] ?? sign);
}

/** A sentence with its quoted code shown as code. */
export function prose(text: string): Markup {
  return html`${prosePieces(text).map((piece) => ("code" in piece ? html`<code>${piece.code}</code>` : piece.text))}`;
}
