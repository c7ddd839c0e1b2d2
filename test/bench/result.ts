// What a benchmark hands over.

export interface BenchResult {
  readonly figures: Readonly<Record<string, number>>;
  /** Of figures measured in turn in one run: what budgets are written in. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Version of each peer, or "not run: why". */
  readonly peers: Readonly<Record<string, string>>;
}
