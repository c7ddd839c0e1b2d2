// One message however often it came, and how many different messages of a pattern are kept.
import type { FailedDial } from "./dials.ts";
import type { ReadLine, Reason } from "./read-line.ts";
import type { Stream } from "./stream.ts";

export interface Kind {
  readonly stream: Stream;
  readonly first: ReadLine;
  readonly dials: readonly FailedDial[];
  /** Becomes lines of text; otherwise only its dials count, or nothing. */
  readonly kept: boolean;
  /** Somebody will ask for its newest line. */
  readonly wanted: boolean;
  /** Stands for messages beyond the quota of its patterns. */
  isFull: boolean;
  /** Index of the newest line, and that line as it stands. */
  last: number;
  lastRaw: string;
  count: number;
}

/** Different messages kept per stream: for every pattern, and of those that only have a level. */
const mostPerPattern = 100;
const mostPerLevel = 200;
/** Characters kept per source. */
const mostText = 8_000_000;

interface Usage {
  count: number;
  latest: Kind;
}

/** Decides whether a new message gets its own place. */
export class Quota {
  readonly #usage = new Map<Stream, Map<Reason, Usage>>();
  #text = 0;
  /** Messages counted for another one because their quota was used up. */
  merged = 0;

  /** The message that a further one counts for, once everything that keeps it is used up. */
  fullKind(stream: Stream, reasons: readonly Reason[]): Kind | undefined {
    const usage = this.#usage.get(stream);
    if (!usage || reasons.length === 0) return undefined;
    let latest: Kind | undefined;
    for (const reason of reasons) {
      const used = usage.get(reason);
      if (!used) return undefined;
      const most = this.#text > mostText ? 1 : typeof reason === "number" ? mostPerPattern : mostPerLevel;
      if (used.count < most) return undefined;
      latest ??= used.latest;
    }
    this.merged += 1;
    return latest;
  }

  add(kind: Kind, reasons: readonly Reason[]): void {
    this.#text += 2 * kind.lastRaw.length;
    const usage = this.#usage.get(kind.stream) ?? new Map<Reason, Usage>();
    this.#usage.set(kind.stream, usage);
    for (const reason of reasons) {
      const used = usage.get(reason);
      if (used) {
        used.count += 1;
        used.latest = kind;
      } else usage.set(reason, { count: 1, latest: kind });
    }
  }
}
