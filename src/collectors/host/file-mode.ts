// File modes as text: `drwxr-sr-x+`, `0755`, `-rw-r--r--.`.
import type { FileEntry } from "../../model/host.ts";

export const modePattern = /^[-dlcbpsDCM][-rwxsStTl]{9}[+.@]?$/;

/** Permission bits of `drwxr-sr-x`, set-id and sticky bits included. */
export function parseModeText(text: string): number | undefined {
  if (!modePattern.test(text)) return undefined;
  let mode = 0;
  for (let i = 0; i < 9; i += 1) {
    const char = text[i + 1] ?? "-";
    const bit = 1 << (8 - i);
    if (char !== "-" && char !== "S" && char !== "T" && char !== "l") mode |= bit;
    if (/[sS]/.test(char)) mode |= i === 2 ? 0o4000 : 0o2000;
    if (/[tT]/.test(char)) mode |= 0o1000;
  }
  return mode;
}

export function parseOctalMode(text: string): number | undefined {
  return /^0?[0-7]{3,4}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

export function typeOfMode(text: string): NonNullable<FileEntry["type"]> {
  const types = { d: "directory", "-": "file", l: "link", s: "socket" } as const;
  return types[text[0] as keyof typeof types] ?? "other";
}

/** Of `stat`: `regular file`, `directory`, `symbolic link`. */
export function typeOfWord(text: string): NonNullable<FileEntry["type"]> {
  if (/directory/i.test(text)) return "directory";
  if (/link/i.test(text)) return "link";
  if (/socket/i.test(text)) return "socket";
  return /file/i.test(text) ? "file" : "other";
}

/** A name or a number in an owner column. */
export function ownerFields(
  owner: string,
  group: string,
): Pick<FileEntry, "uid" | "gid" | "owner" | "group"> {
  return {
    ...(/^\d{1,10}$/.test(owner) ? { uid: Number(owner) } : idOfName(owner, "uid", "owner")),
    ...(/^\d{1,10}$/.test(group) ? { gid: Number(group) } : idOfName(group, "gid", "group")),
  };
}

/** root is 0 everywhere; other names depend on the machine. */
function idOfName(
  name: string,
  id: "uid" | "gid",
  field: "owner" | "group",
): Record<string, string | number> {
  return name === "root" ? { [id]: 0, [field]: name } : { [field]: name };
}
