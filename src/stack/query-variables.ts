// Grafana's variables and macros in queries, replaced so that the query can be parsed: `$__rate_interval`, `${host:regex}`, `[[job]]`.

export interface PlainQuery {
  /** Same length and lines as the original, so that offsets stay right. */
  readonly text: string;
  readonly hasVariables: boolean;
}

const variable =
  /\$\{[\w.]{1,100}(?::[^}\n]{0,100})?\}|\$[A-Za-z_]\w{0,100}|\[\[\w{1,100}(?::[^\]\n]{0,100})?\]\]/g;

export function withoutVariables(text: string): PlainQuery {
  let hasVariables = false;
  const plain = text.replace(variable, (match, offset: number) => {
    hasVariables = true;
    return replacement(text, match, offset);
  });
  return { text: hasVariables ? plain : text, hasVariables };
}

function replacement(text: string, match: string, offset: number): string {
  const before = text.slice(Math.max(0, offset - 40), offset).trimEnd();
  const after = text.slice(offset + match.length, offset + match.length + 1);
  const isDuration =
    /(?:\[|:|\boffset(?:\s*-)?)$/.test(before) || (after === "]" && /\[[^\]"'`]*$/.test(before));
  // `$n` behind a number is the unit or the rest of it: `1$unit`.
  const word = isDuration ? "5m" : /[\w:]$/.test(text[offset - 1] ?? "") ? "v" : "v";
  const filler = isDuration ? " " : "_";
  return word.slice(0, match.length).padEnd(match.length, filler);
}
