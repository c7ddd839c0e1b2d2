// Errors for people: what is wrong, why, and the next command. Anything else that is thrown is a bug.

/** Every code, with the sentence docs/errors.md shows for it. */
export const errorCodes = {
  usage: "The command line is not understood.",
  "path-not-found": "The file or folder to read does not exist.",
  "path-unreadable": "The file or folder exists but may not be read.",
  "not-a-regular-file": "The path is a FIFO, socket or device, which could block for ever.",
  "archive-damaged": "The archive is truncated or not an archive.",
  "archive-refused": "The archive holds paths or sizes that are refused for safety.",
  "bad-config": "A configuration file of watchmend itself does not validate.",
  "target-unusable":
    "A live system cannot be read as it was asked for: a tool or its configuration is missing, or a name is unknown.",
  "output-unwritable": "The output file cannot be written.",
  "unknown-rule": "No rule has this id.",
  "host-unreachable": "A host cannot be reached by ssh, or gives no shell.",
  "half-done": "A repair was cut off in the middle and has to be put back before anything else is changed.",
  "stale-plan": "A saved plan was made on a state that is not there any more.",
  "changed-since": "What is to be undone was changed by somebody else since.",
  "unknown-transaction": "The journal knows no repair with this id.",
  internal: "watchmend itself failed; this is a bug.",
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** `message` says what is wrong and why; `hint` says what to do next, with the exact command where there is one. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "UserError";
    this.code = code;
    this.hint = hint;
  }
}

/** Exit codes of every verb. */
export const exitCodes = { clean: 0, problems: 1, unknown: 2, failed: 3, interrupted: 130 } as const;
