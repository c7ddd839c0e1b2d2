// Why an edit was not made. An edit that is not certain is refused with a sentence, never guessed.

/** What kind of obstacle it is, so that callers can choose what to say or try next. */
export type RefusalCode =
  /** the text is no YAML or JSON, or of an encoding that would not survive */
  | "unreadable"
  /** the document, key or item is not there */
  | "place-missing"
  /** something else stands there than the step expects */
  | "place-changed"
  /** more than one place fits */
  | "ambiguous"
  /** the text is shared with other places by an anchor, or belongs to a form that cannot be edited safely */
  | "shared"
  | "unsupported"
  /** the path leads out of the folder, to a link, a device or something unreadable */
  | "forbidden-path"
  /** the step itself makes no sense */
  | "bad-step";

export interface Refusal {
  readonly code: RefusalCode;
  readonly because: string;
  /** 1-based line the reason is about, where there is one. */
  readonly line?: number;
}

/** Carries a refusal up to the entry of this folder, where it becomes a value. */
export class Refused extends Error {
  readonly refusal: Refusal;

  constructor(code: RefusalCode, because: string, line?: number) {
    super(because);
    this.name = "Refused";
    this.refusal = { code, because, ...(line === undefined ? {} : { line }) };
  }
}

/** Runs an edit of a piece of a text; lines of its refusals become lines of the whole. */
export function inPiece<Result>(linesBefore: number | undefined, edit: () => Result): Result {
  try {
    return edit();
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.line === undefined) throw error;
    const { code, because, line } = error.refusal;
    throw new Refused(code, because, linesBefore === undefined ? undefined : line + linesBefore);
  }
}

export type Edited =
  | { readonly ok: true; readonly text: string; readonly changed: boolean }
  | { readonly ok: false; readonly refusal: Refusal };

/** Runs an edit and turns a refusal into a value; anything else thrown is a bug and stays one. */
export function edited(before: string, edit: () => string): Edited {
  try {
    const text = edit();
    return { ok: true, text, changed: text !== before };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal };
    throw error;
  }
}
