// A line of ours that travels the way the host's logs travel, and comes back or does not.
import type { Place } from "./place.ts";
import type { ReadSession } from "./target.ts";

/** Ways into the host's agent, as its configuration tells them. */
export interface CanaryWays {
  readonly journal: boolean;
  /** Containers whose output the agent reads; the line is written to the output of one of them. */
  readonly containers: readonly string[];
  /** Files on the host that do not exist yet and that the agent would read. */
  readonly files: readonly string[];
}

export interface WrittenWay {
  /** `journal`, `container alloy`, `file /var/log/app/watchmend-canary.log` */
  readonly way: string;
  /** Why it could not be written; undefined when it was. */
  readonly failed?: string;
}

/** What a host lends for a canary. */
export interface CanaryPerch {
  readonly host: string;
  write(line: string, ways: CanaryWays, session: ReadSession): Promise<readonly WrittenWay[]>;
  /** Takes away the files that hold the line. */
  clear(line: string, ways: CanaryWays, session: ReadSession): Promise<void>;
  /** Body of a GET from the host; undefined when there was none. */
  fetch(
    url: string,
    headers: Readonly<Record<string, string>>,
    session: ReadSession,
  ): Promise<string | undefined>;
}

/** The fact: one host's line and what became of it. */
export interface CanaryFlight {
  readonly at: Place;
  readonly host: string;
  readonly outcome: "arrived" | "lost" | "not-written" | "not-asked";
  /** Ways the line was written. */
  readonly ways: readonly string[];
  readonly because?: string;
  /** Milliseconds from writing to finding it. */
  readonly afterMs?: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export const canarySchema = "watchmend.canary/v1";
