// What a target or a file brought, before it is redacted and judged.
import type { NameHints, Unavailable } from "./evidence.ts";

/** A text, or a large text that can be read twice. */
export type CollectedBody = Uint8Array | { open(): AsyncIterable<Uint8Array> };

/** Why there is no text. */
export interface Missing {
  readonly because: Unavailable;
  readonly detail: string;
  /** The one command that would show it. */
  readonly decideWith?: string;
  /** It would only have sharpened the answer: a system that is seen to work is healthy without it. */
  readonly onlySharpens?: true;
}

export interface CollectedItem {
  /** What was read, so that a person can repeat it. Must be unique in a bundle. */
  readonly locator: string;
  /** By what: `file`, `ssh`, `kubernetes API`, `pod proxy`, … */
  readonly how: string;
  readonly body: CollectedBody | Missing;
  readonly durationMs?: number;
  /** The command whose output the body is, as a person would type it; parsers recognise outputs by it. */
  readonly command?: string;
  readonly host?: string;
  /** Path of the file on that host or in that container. */
  readonly path?: string;
  readonly hints?: NameHints;
  /** What a program wrote over time: it tells nothing about where things run. */
  readonly isLog?: true;
}

export function isMissing(body: CollectedBody | Missing): body is Missing {
  return "because" in body;
}
