// The contract of a parser: recognise a stretch of text by its content, then turn it into facts.
import type { Gap, Segment } from "../model/evidence.ts";
import type { FactId, FactTypes } from "../model/facts.ts";

/** What a parser hands over. */
export interface Emit {
  fact<Id extends FactId>(id: Id, value: FactTypes[Id]): void;
  /** Evidence of this family was read, even when it was empty (an empty table is an answer). */
  seen(id: FactId): void;
  /** A file inside this document (a ConfigMap key, an API answer with a config in it): it is recognised like any other. */
  segment(child: Segment): void;
  /** Free text inside a structured document (an event message, lastError, waiting.message) that text patterns should see. */
  text(line: EmittedText): void;
  gap(gap: Gap): void;
}

export interface EmittedText {
  readonly text: string;
  /** 1-based line of the source. */
  readonly line: number;
  readonly stream: "event" | "answer" | "output";
  readonly component?: import("../model/component.ts").ComponentKind;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly host?: string;
  readonly timeMs?: number;
  readonly count?: number;
}

export interface Parser {
  /** Kebab-case name of what it reads: `kubectl-get-table`, `docker-inspect`. */
  readonly id: string;
  /** For docs/evidence.md: which command or file this is. */
  readonly reads: string;
  readonly provides: readonly FactId[];
  /**
   * True when `line` can only be the first line of output of this kind. The splitter cuts a segment that holds several
   * outputs one after the other (a paste without prompts) in front of such lines.
   */
  startsAt?(line: string, next: string | undefined): boolean;
  /** The highest number `recognise` gives, where it is low: this parser is not asked about what another one is surer of. */
  readonly most?: number;
  /** What it reads stands in files: of a whole file these are asked first, and of what they are sure of nobody else is. */
  readonly readsFiles?: boolean;
  /** 0: not mine. 1: certainly mine. Asked for every segment; must be cheap and must not throw. */
  recognise(segment: Segment): number;
  /** May throw: the caller turns it into a coverage entry. Must never hang on hostile input. */
  parse(segment: Segment, emit: Emit): void;
  /**
   * Facts found in passing, whoever the segment belongs to: a version that a note or the head of a log mentions. Asked
   * for every segment that this parser did not parse, so it must be cheap and look at the beginning only.
   */
  notices?(segment: Segment, emit: Emit): void;
}
