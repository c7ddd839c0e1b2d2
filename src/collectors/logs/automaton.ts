// One pass over bytes that finds every place where one of many words ends: an Aho-Corasick automaton as a flat table.
// Letters match in both cases, and any run of ASCII white space matches the single blank of a word.
// Aho, Corasick: Efficient string matching, CACM 18(6), 1975.

export interface Automaton {
  /** Column of every byte value. */
  readonly classOf: Uint8Array;
  /** Row offset of the next state: `table[state + classOf[byte]]`. */
  readonly table: Uint32Array;
  /** State at the beginning of a line. */
  readonly start: number;
  /** States from here on mean that a word ends at this byte. */
  readonly hits: number;
  /** Numbers of the words that end in a state, as indexes into the list the automaton was built from. */
  wordsAt(state: number): readonly number[];
}

const newline = 10;
const blank = 32;

/** `words` are bytes, in lower case, with single blanks; a leading newline stands for the beginning of a line. */
export function buildAutomaton(words: readonly Uint8Array[]): Automaton {
  const { classOf, count } = byteClasses(words);
  const trie = new Trie(count);
  words.forEach((word, i) => {
    trie.add(word, i, classOf);
  });
  return trie.compile(classOf, classOf[newline] ?? 0, classOf[blank] ?? 0);
}

/** Bytes that no word holds share one column, so the table stays small. */
function byteClasses(words: readonly Uint8Array[]): { classOf: Uint8Array; count: number } {
  const used = new Set<number>([newline, blank]);
  for (const word of words) for (const byte of word) used.add(lower(byte));
  const classOf = new Uint8Array(256);
  let next = 1;
  for (const byte of [...used].sort((a, b) => a - b)) classOf[byte] = next++;
  for (let byte = 65; byte <= 90; byte += 1) classOf[byte] = classOf[byte | 32] ?? 0;
  for (const white of [9, 11, 12, 13]) classOf[white] = classOf[blank] ?? 0;
  return { classOf, count: next };
}

function lower(byte: number): number {
  return byte >= 65 && byte <= 90 ? byte | 32 : byte;
}

/** Children of a state are a chain: most states have one, and none has many. */
class Trie {
  readonly #width: number;
  readonly #firstChild: number[] = [0];
  readonly #nextSibling: number[] = [0];
  /** Column of the byte that leads into a state. */
  readonly #entered: number[] = [0];
  readonly #words: number[][] = [[]];

  constructor(width: number) {
    this.#width = width;
  }

  add(word: Uint8Array, index: number, classOf: Uint8Array): void {
    let state = 0;
    for (const byte of word) state = this.#child(state, classOf[lower(byte)] ?? 0);
    this.#words[state]?.push(index);
  }

  #child(state: number, column: number): number {
    const first = this.#firstChild[state] ?? 0;
    for (let child = first; child !== 0; child = this.#nextSibling[child] ?? 0) {
      if (this.#entered[child] === column) return child;
    }
    const child = this.#words.length;
    this.#firstChild[state] = child;
    this.#firstChild.push(0);
    this.#nextSibling.push(first);
    this.#entered.push(column);
    this.#words.push([]);
    return child;
  }

  /** Breadth first: the row of a state's longest proper suffix is complete before its own, which differs by its children. */
  compile(classOf: Uint8Array, newlineClass: number, blankClass: number): Automaton {
    const size = this.#words.length;
    const width = this.#width;
    const full = new Uint32Array(size * width);
    const suffix = new Uint32Array(size);
    const order: number[] = [0];
    for (let i = 0; i < order.length; i += 1) {
      const state = order[i] as number;
      const row = state * width;
      const back = (suffix[state] as number) * width;
      if (state !== 0) full.copyWithin(row, back, back + width);
      for (let child = this.#firstChild[state] ?? 0; child !== 0; child = this.#nextSibling[child] ?? 0) {
        const at = row + (this.#entered[child] as number);
        const fallback = full[at] as number;
        full[at] = child;
        suffix[child] = fallback;
        const inherited = this.#words[fallback] ?? [];
        if (inherited.length > 0) this.#words[child]?.push(...inherited);
        order.push(child);
      }
      // A second blank changes nothing.
      if (state !== 0 && this.#entered[state] === blankClass) full[row + blankClass] = state;
    }
    return this.#ordered(full, classOf, newlineClass);
  }

  /** Renumbers the states so that those where a word ends come last: one comparison finds them. */
  #ordered(full: Uint32Array, classOf: Uint8Array, newlineClass: number): Automaton {
    const width = this.#width;
    const words = this.#words;
    const quiet: number[] = [];
    const loud: number[] = [];
    words.forEach((list, state) => {
      (list.length > 0 ? loud : quiet).push(state);
    });
    const number = new Uint32Array(words.length);
    [...quiet, ...loud].forEach((state, i) => {
      number[state] = i * width;
    });
    const table = new Uint32Array(full.length);
    for (let state = 0; state < words.length; state += 1) {
      const row = number[state] as number;
      const from = state * width;
      for (let column = 0; column < width; column += 1) {
        table[row + column] = number[full[from + column] as number] as number;
      }
    }
    const endings = loud.map((state) => words[state] ?? []);
    const hits = quiet.length * width;
    return {
      classOf,
      table,
      start: table[newlineClass] ?? 0,
      hits,
      wordsAt: (state) => (state < hits ? [] : (endings[(state - hits) / width] ?? [])),
    };
  }
}
