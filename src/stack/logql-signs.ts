// Constructs that only LogQL has; a text with one of them is no PromQL, whatever else is in it.

const pipe =
  /\|=|\|~|\|>|!>|\}\s{0,50}!=\s{0,10}["`]|\}\s{0,50}!~\s{0,10}["`]|\|\s{0,10}(?:json|logfmt|regexp|pattern|unpack|line_format|label_format|unwrap|decolorize|drop|keep)\b|\}\s{0,50}\|\s{0,10}\w/;
const logRange = /\b(?:bytes_over_time|bytes_rate|rate_counter)\s{0,10}\(/;

/** Strings are blanked first: a `|=` inside quotes means nothing. */
export function looksLikeLogql(text: string): boolean {
  const bare = text.slice(0, 100_000).replace(/"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'/g, '""');
  return pipe.test(bare) || logRange.test(bare);
}
