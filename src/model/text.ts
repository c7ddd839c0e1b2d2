// Lines of free text: logs, events, error panels, command output, what a reporter wrote.
import type { ComponentKind } from "./component.ts";
import type { Place } from "./place.ts";

export type StreamKind = "log" | "event" | "output" | "answer" | "note";
export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** One line that some rule's text pattern may match, with everything known about where it came from. */
export interface TextLine {
  readonly at: Place;
  /** The line as it stands, without log prefixes such as `prometheus_1  | ` or a syslog header. */
  readonly text: string;
  readonly stream: StreamKind;
  /** Lines of one stream share this id; order and recovery are judged within a stream. */
  readonly streamId: string;
  /** Position within the stream. */
  readonly index: number;
  readonly component?: ComponentKind;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly host?: string;
  readonly level?: LogLevel;
  /** Milliseconds since 1970, when the line carries a full time stamp. */
  readonly timeMs?: number;
  /** Milliseconds since 1970 of the newest line that was seen of this stream, whatever it says: how long this line was not repeated. */
  readonly streamEndMs?: number;
  readonly msg?: string;
  /** Keys of logfmt, JSON or slog lines, lower case. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Read with --previous: what the container said before its last restart. */
  readonly previous?: boolean;
  /** How often the line (or event) was repeated, when the evidence says so. */
  readonly count?: number;
}
