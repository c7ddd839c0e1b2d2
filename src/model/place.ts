// Where something stands, so that a person can look at it: every fact and every proof carries one.

/** A spot in the evidence. `source` is the file relative to what was read, or a locator; `line` is 1-based. */
export interface Place {
  readonly source: string;
  readonly line?: number;
}

/** A line quoted from the evidence. `excerpt` is text that stands there. */
export interface Proof extends Place {
  /** Path inside a structured document, e.g. `spec.template.spec.containers[0].image`. */
  readonly pointer?: string;
  readonly excerpt: string;
}
