// Why something could not be written, in words: Node's own sentence names calls and drafts that nobody has asked for.
import { codeOf, messageOf } from "../bundle/read-errors.ts";

const reasons: Readonly<Record<string, string>> = {
  EACCES: "you may not write there",
  EPERM: "you may not write there",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "your quota is used up",
  ENOENT: "the folder it would lie in does not exist",
  ENOTDIR: "a part of the path is a file, no folder",
  EEXIST: "a part of the path is there already and is no folder",
  EISDIR: "it is a folder",
  ENOTEMPTY: "it is a folder",
};

export function whyUnwritten(error: unknown): string {
  const code = codeOf(error);
  const reason = reasons[code];
  return reason === undefined ? messageOf(error) : `${reason} (${code})`;
}
