// Raw text as it was read, with how it was read and what came back, also when reading failed.
import type { Place } from "./place.ts";

/** Why something that should have been read was not. */
export type Unavailable =
  | "absent"
  | "unreachable"
  | "forbidden"
  | "timed-out"
  | "tool-missing"
  | "unparseable"
  | "too-large"
  | "unreadable";

/**
 * A stretch of one source that is of one kind: a whole file, one command's output in a pasted session, one
 * document of a YAML stream, one file embedded in a ConfigMap.
 * `text` is decoded and cleaned (no ANSI colours, CR, code fences, chat quoting), but keeps the number of lines:
 * line i of `text` (0-based) is line `startLine + i` of the source.
 */
export interface Segment {
  readonly source: string;
  readonly startLine: number;
  readonly text: string;
  /**
   * Line of the source for every line of `text`, where they do not simply follow one another: a file that stands as one
   * string with `\n` inside a JSON or YAML document. Parsers need not look at it: they count from `startLine`, and the
   * recogniser moves the places of their facts.
   */
  readonly lineMap?: readonly number[];
  /** The command whose output this is, when a prompt line or the manifest of a bundle says so. */
  readonly command?: string;
  /** 1-based line of the source on which `command` stands, when it was typed there. */
  readonly commandAt?: number;
  /** Host the text was taken on: from a prompt, a `hosts/<name>/` folder or the manifest. */
  readonly host?: string;
  /** Path of the file on that host or in that container, when known (`hosts/a/etc/x.yml` gives `/etc/x.yml`). */
  readonly path?: string;
  /** Set for files that stand inside another document, e.g. a key of a ConfigMap. */
  readonly embeddedIn?: EmbeddedIn;
  /** The whole of a file that was chosen as configuration: no outputs follow one another in it, and nobody says anything in it. */
  readonly isWhole?: boolean;
  /** Cut out of somebody's text, between his sentences: no file of that name can be edited. */
  readonly inPost?: true;
  /** What the name of the file or folder suggests; only used where content alone does not decide. */
  readonly hints?: NameHints;
}

export interface EmbeddedIn {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly key: string;
}

/** Weak evidence from names: `logs-loki.txt` suggests loki. Never enough to recognise the kind of a file. */
export interface NameHints {
  readonly component?: string;
  readonly host?: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  readonly previous?: boolean;
  /** Base name of the file, when only that is known: the label above a code block, a relative path that was printed. */
  readonly file?: string;
}

/** Something that was not read or not understood; it ends in the report's coverage, never in silence. */
export interface Gap {
  readonly what: string;
  readonly because: Unavailable;
  readonly detail: string;
  readonly at?: Place;
  /** The one command that would close the gap. */
  readonly decideWith?: string;
  /** It would only have sharpened the answer: a system that is seen to work is healthy without it. */
  readonly onlySharpens?: true;
}

/** Something that a verdict needs was not seen: what is absent hides nothing, and what only sharpens is not needed. */
export function blocksVerdict({ because, onlySharpens }: Gap): boolean {
  return because !== "absent" && onlySharpens !== true;
}
