// Sentences may quote code between backticks; formats that can show code take them apart here.

export type ProsePiece = { readonly text: string } | { readonly code: string };

/** Only clear cases count: single backticks in pairs. Anything else stays text. */
export function prosePieces(text: string): ProsePiece[] {
  const ticks = text.match(/`+/g) ?? [];
  if (ticks.length === 0 || ticks.length % 2 === 1 || ticks.some((run) => run.length > 1)) return [{ text }];
  return text.split("`").map((piece, index) => (index % 2 === 1 ? { code: piece } : { text: piece }));
}
