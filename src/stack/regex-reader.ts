// The place in a pattern that is being read, what reading it gives, and how it fails.
export type RegexNode =
  | { readonly is: "empty" }
  | { readonly is: "char"; readonly matches: (code: number) => boolean }
  | {
      readonly is: "assert";
      readonly kind: "start" | "end" | "line-start" | "line-end" | "word" | "not-word";
    }
  | { readonly is: "group"; readonly index: number; readonly node: RegexNode }
  | { readonly is: "sequence"; readonly nodes: readonly RegexNode[] }
  | { readonly is: "either"; readonly nodes: readonly RegexNode[] }
  | {
      readonly is: "repeat";
      readonly node: RegexNode;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    };

/** `message` is Go's, without the leading `error parsing regexp: `. */
export class RegexFault extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "RegexFault";
    this.offset = offset;
  }
}

export interface Flags {
  readonly ignoreCase: boolean;
  readonly multiLine: boolean;
  readonly dotAll: boolean;
  readonly ungreedy: boolean;
}

export interface Reader {
  readonly chars: readonly string[];
  at: number;
  depth: number;
  flags: Flags;
  groups: number;
  readonly names: Map<string, number>;
}
