// What two validations of one stack have in common, and what the later one lost.
import type { CheckState } from "./check.ts";

export interface ComparedPart {
  /** `targets up`, `log sources`, … */
  readonly what: string;
  readonly before: number;
  readonly after: number;
  readonly lost: readonly string[];
  readonly gained: readonly string[];
}

export interface Comparison {
  readonly parts: readonly ComparedPart[];
  /** Verdicts that changed between working and not working. */
  readonly turned: readonly {
    readonly check: string;
    readonly subject: string;
    readonly before: CheckState;
    readonly after: CheckState;
  }[];
  readonly worse: boolean;
}
