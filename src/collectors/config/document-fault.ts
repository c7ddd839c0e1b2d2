// Why a document does not parse, in the wording the components' own parsers (Go) use, with the line of the mistake.

export class DocumentFault extends Error {
  /** 1-based line within the parsed text. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = "DocumentFault";
    this.line = line;
  }
}

/** Deeper nesting than any configuration has; bounds the recursion of the readers. */
export const maxDepth = 400;
/** Entries of one document, aliases counted as often as they are used: stops YAML bombs. */
export const maxEntries = 5_000_000;
