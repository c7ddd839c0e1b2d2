// What the operating system's error codes mean for coverage and for people.
import { statSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, UserError } from "../model/errors.ts";
import type { Gap, Unavailable } from "../model/evidence.ts";
import { quoteWord } from "../model/quote.ts";

const reasons: Readonly<Record<string, readonly [Unavailable, string]>> = {
  ENOENT: ["absent", "does not exist (a dangling link, or removed while it was read)"],
  EACCES: ["forbidden", "may not be read"],
  EPERM: ["forbidden", "may not be read"],
  ELOOP: ["unreadable", "symbolic links that lead in a circle"],
  ENOTREG: ["unreadable", "is no regular file"],
  EISDIR: ["unreadable", "is a folder, no file"],
  ENXIO: ["unreadable", "is no regular file"],
  ENOTDIR: ["unreadable", "a part of the path is no folder"],
  EIO: ["unreadable", "the disk reports an input/output error"],
  ESTALE: ["unreadable", "the network file system has lost it"],
  EMFILE: ["unreadable", "too many open files"],
  ENAMETOOLONG: ["unreadable", "its name is too long"],
};

export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}

export function gapOfError(what: string, error: unknown): Gap {
  if (error instanceof UserError) {
    return {
      what,
      because: error.code === "archive-refused" ? "too-large" : "unreadable",
      detail: error.message,
    };
  }
  const code = codeOf(error);
  const [because, detail] = reasons[code] ?? ["unreadable", messageOf(error)];
  return { what, because, detail: code ? `${detail} (${code})` : detail };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The path a person named: nothing can be said without it. */
export function userErrorOf(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const code = codeOf(error);
  const [, detail] = reasons[code] ?? ["unreadable", messageOf(error)];
  const kind: ErrorCode = code === "ENOENT" || code === "ENOTDIR" ? "path-not-found" : "path-unreadable";
  const hint =
    kind === "path-not-found"
      ? `Check the spelling; what is there: ls -la ${quoteWord(dirname(path))}`
      : readAsOther(path);
  const what = kind === "path-not-found" ? "does not exist" : detail;
  return new UserError(kind, `${path} ${what}`, hint, { cause: error });
}

function readAsOther(path: string): string {
  const word = quoteWord(path);
  return isFolder(path)
    ? `Save it as a user who may, and read that: sudo tar -C ${word} -czf saved.tar.gz . && watchmend diagnose --from saved.tar.gz`
    : `Read it as a user who may: sudo cat ${word} | watchmend diagnose --from -`;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Not even that may be seen; a file is what is mostly named.
    return false;
  }
}
