// Finds values that are known to be secret wherever they stand, in one pass over the text.

/** Shorter values are removed only where a key or a form gives them away. */
const shortest = 6;

export interface KnownHit {
  readonly start: number;
  readonly end: number;
  readonly token: string;
}

export class KnownValues {
  readonly #tokens = new Map<string, string>();
  /** Lengths of the values that start with these three letters, the longest first. */
  readonly #lengths = new Map<string, number[]>();

  /** Which pairs of first letters occur at all: nearly every position of a text is told apart by this alone. */
  readonly #pairs = new Uint8Array(0x10000);

  add(value: string, token: string): void {
    if (value.length < shortest || this.#tokens.has(value)) return;
    this.#tokens.set(value, token);
    this.#pairs[pairAt(value, 0)] = 1;
    const start = value.slice(0, 3);
    const lengths = this.#lengths.get(start) ?? [];
    if (lengths.includes(value.length)) return;
    this.#lengths.set(
      start,
      [...lengths, value.length].sort((a, b) => b - a),
    );
  }

  /** Hits in order, none overlapping. A value inside a longer word is another word. */
  find(text: string): readonly KnownHit[] {
    if (this.#tokens.size === 0) return [];
    const hits: KnownHit[] = [];
    for (let at = 0; at + shortest <= text.length; at++) {
      if (this.#pairs[pairAt(text, at)] === 0) continue;
      if (at > 0 && isWordChar(text.charCodeAt(at)) && isWordChar(text.charCodeAt(at - 1))) continue;
      const hit = this.#hitAt(text, at);
      if (!hit) continue;
      hits.push(hit);
      at = hit.end - 1;
    }
    return hits;
  }

  #hitAt(text: string, at: number): KnownHit | undefined {
    for (const length of this.#lengths.get(text.slice(at, at + 3)) ?? []) {
      const token = this.#tokens.get(text.slice(at, at + length));
      if (token !== undefined && endsWord(text, at + length)) return { start: at, end: at + length, token };
    }
    return undefined;
  }
}

function pairAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & 0xff) << 8) | (text.charCodeAt(at + 1) & 0xff);
}

function endsWord(text: string, end: number): boolean {
  return end >= text.length || !isWordChar(text.charCodeAt(end)) || !isWordChar(text.charCodeAt(end - 1));
}

function isWordChar(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
}
