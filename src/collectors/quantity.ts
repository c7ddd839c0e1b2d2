// Numbers as tools print them: 1.8T, 23.54GiB, 14G, 8.3e+09, 37%.

const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/** Bytes of `1.8T`, `220G`, `23.54GiB`, `512kB`, `4096`. `GB` and `kB` are powers of 1000, `G` and `GiB` of 1024. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d{1,20}(?:[.,]\d{1,9})?)\s?([kKmMgGtTpPeE]?)(i?)([bB]?)(?:ytes?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [, digits = "", prefix = "", binary, bytes] = match;
  const value = Number(digits.replace(",", "."));
  const power = powers[prefix.toLowerCase()] ?? 0;
  const base = bytes !== "" && binary === "" ? 1000 : 1024;
  return Math.round(value * base ** power);
}

export function parseInteger(text: string | undefined): number | undefined {
  if (text === undefined || !/^-?\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)%?$/.exec(text.trim());
  return match ? Number(match[1]) : undefined;
}
