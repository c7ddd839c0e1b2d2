// Many paths of a host looked at in one command: what each is, whose it is, and the hash of what is in it.
import { quoteWord, quoteWords } from "../../model/quote.ts";
import { checkPath } from "./host-file.ts";

export interface PathFact {
  readonly is: "file" | "folder" | "link" | "other";
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly bytes: number;
  /** Seconds of the host's clock. */
  readonly changed: number;
  readonly sha256?: string;
}

/** A file whose plain hash must not leave the host: it is hashed behind this salt. */
export interface SaltedPath {
  readonly path: string;
  readonly salt: string;
}

/** Shell lines; `p`, `h` and `s` lines on stdout, nothing for what is not there. */
export function pathsScript(
  paths: readonly string[],
  hashed: readonly string[],
  salted: readonly SaltedPath[] = [],
): string {
  for (const path of paths) checkPath(path);
  const salts = salted.map(
    ({ path, salt }) =>
      `[ -f ${quoteWord(path)} ] && printf 's %s %s\\n' "$({ printf %s ${quoteWord(salt)}; cat ${quoteWord(path)}; } | sha256sum | cut -c1-64)" ${quoteWord(path)}`,
  );
  return [
    ...(paths.length > 0 ? [`stat -c 'p %f %u %g %s %Z %n' -- ${quoteWords(paths)} 2>/dev/null`] : []),
    ...(hashed.length > 0 ? [`sha256sum -- ${quoteWords(hashed)} 2>/dev/null | sed 's/^/h /'`] : []),
    ...salts,
    ":",
  ].join("\n");
}

/** S_IFMT of inode(7). */
const kinds: ReadonlyMap<number, PathFact["is"]> = new Map([
  [0o100000, "file"],
  [0o040000, "folder"],
  [0o120000, "link"],
]);

export function parsePaths(text: string): Map<string, PathFact> {
  const facts = new Map<string, PathFact>();
  for (const line of text.split("\n")) {
    const stat = /^p ([0-9a-f]{1,8}) (\d+) (\d+) (\d+) (\d+) (.+)$/.exec(line);
    if (stat) {
      const [, hex = "", uid, gid, bytes, changed, path = ""] = stat;
      const raw = Number.parseInt(hex, 16);
      facts.set(path, {
        is: kinds.get(raw & 0o170000) ?? "other",
        uid: Number(uid),
        gid: Number(gid),
        mode: raw & 0o7777,
        bytes: Number(bytes),
        changed: Number(changed),
      });
      continue;
    }
    const hash = /^[hs] ([0-9a-f]{64}) [ *]?(.+)$/.exec(line);
    const known = hash && facts.get(hash[2] ?? "");
    if (hash && known) facts.set(hash[2] ?? "", { ...known, sha256: hash[1] ?? "" });
  }
  return facts;
}

/** Whole files, one after the other: a line with the length, then the bytes. Those that cannot be read have length -1. */
export function contentsScript(paths: readonly string[]): string {
  return `for f in ${quoteWords(paths)}; do
  n=$(wc -c < "$f" 2>/dev/null) || { echo -1; continue; }
  echo $((n)); head -c "$n" "$f"
done`;
}

export function parseContents(bytes: Buffer, paths: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  let at = 0;
  for (const path of paths) {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) break;
    const length = Number(bytes.subarray(at, end).toString("latin1").trim());
    at = end + 1;
    if (!(length >= 0)) continue;
    found.set(path, bytes.subarray(at, at + length));
    at += length;
  }
  return found;
}
