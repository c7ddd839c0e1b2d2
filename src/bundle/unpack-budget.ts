// Stops archives that unpack to more than anybody saved: one budget for everything that one run unpacks.
import { UserError } from "../model/errors.ts";
import { limits } from "./limits.ts";

export class UnpackBudget {
  #unpacked = 0;

  /** Counts bytes that came out of an archive before they are kept anywhere. */
  charge(bytes: number, what: string): void {
    this.#unpacked += bytes;
    if (this.#unpacked <= limits.unpackedBytes) return;
    throw refused(`${what} unpacks to more than ${limits.unpackedBytes / 2 ** 30} GiB`);
  }
}

/** Deflate can grow 1,000 times; real evidence never does. */
export function checkRatio(unpacked: number, packed: number, what: string): void {
  if (unpacked < limits.ratioFromBytes || unpacked <= packed * limits.unpackRatio) return;
  throw refused(`${what} grows more than ${limits.unpackRatio} times when it is unpacked`);
}

export function refused(message: string): UserError {
  return new UserError(
    "archive-refused",
    message,
    "If you trust it, unpack it yourself and name the folder: watchmend diagnose --from FOLDER",
  );
}

export function damaged(message: string, cause?: unknown): UserError {
  return new UserError(
    "archive-damaged",
    message,
    "Copy it again, or unpack what is there and name the folder: watchmend diagnose --from FOLDER",
    { cause },
  );
}
