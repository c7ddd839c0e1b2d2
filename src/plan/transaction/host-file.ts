// A file on a host: read with everything that must survive a change, and replaced so that no moment shows half of it.
import { quoteWord } from "../../model/quote.ts";
import { Refused } from "../edit/refusal.ts";
import { failureOf, type HostAccess, mustRun, runScript } from "./doors.ts";
import type { HostLock } from "./host-lock.ts";
import { lockLost } from "./host-lock.ts";

/** Functions that GNU, busybox and BSD systems all have under some name. */
export const prelude = `wm_sha() { if command -v sha256sum >/dev/null 2>&1; then sha256sum < "$1" | cut -c1-64; else shasum -a 256 < "$1" | cut -c1-64; fi; }
wm_stat() { stat -c '%u %g %a %h' "$1" 2>/dev/null || stat -f '%u %g %Mp%Lp %l' "$1"; }
`;

export interface FileOwner {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

export interface HostFile extends FileOwner {
  /** With every link followed. */
  readonly real: string;
  readonly links: number;
  readonly content: Buffer;
  /** Why it must be written in place: a new file beside it would not be the one others have open or mounted. */
  readonly inPlace?: string;
}

export type PathState =
  | { readonly is: "file"; readonly file: HostFile }
  | { readonly is: "absent"; readonly folder: boolean }
  | { readonly is: "folder" | "other"; readonly real: string; readonly owner: FileOwner };

const largest = 32 * 1024 * 1024;

export function checkPath(path: string): void {
  if (!path.startsWith("/") || /[\0\n]/.test(path) || path.split("/").includes(".."))
    throw new Refused("forbidden-path", `${JSON.stringify(path)} is no plain absolute path`);
}

export async function readPath(access: HostAccess, path: string): Promise<PathState> {
  checkPath(path);
  const script = `${prelude}p=${quoteWord(path)}
if [ ! -e "$p" ]; then
  [ -L "$p" ] && { echo "it is a link to nowhere" >&2; exit 1; }
  [ -d "$(dirname "$p")" ] && echo absent || echo absent-with-folder
  exit 0
fi
r=$(readlink -f "$p" 2>/dev/null || realpath "$p") || exit 1
if [ -f "$r" ]; then echo file; elif [ -d "$r" ]; then echo folder; else echo other; fi
printf '%s\\n' "$r"
wm_stat "$r" || exit 1
[ -f "$r" ] || exit 0
why=
grep -qF " $r " /proc/self/mountinfo 2>/dev/null && why="it is a mount point of its own"
for e in docker podman; do
  command -v $e >/dev/null 2>&1 || continue
  ids=$($e ps -q 2>/dev/null) && [ -n "$ids" ] || continue
  c=$($e inspect --format '{{$n := .Name}}{{range .Mounts}}{{.Source}}{{"\\t"}}{{$n}}{{"\\n"}}{{end}}' $ids 2>/dev/null | awk -F '\\t' -v f="$r" '$1 == f { print $2; exit }')
  [ -z "$c" ] || why="container \${c#/} has this one file mounted"
done
printf '%s\\n' "$why"
cat "$r"`;
  const out = await mustRun(access, path, script, { maxBytes: largest + 65_536 });
  return parsePath(out);
}

function parsePath(out: Buffer): PathState {
  const lines: string[] = [];
  let at = 0;
  const next = (): string => {
    const end = out.indexOf(0x0a, at);
    const line = out.subarray(at, end < 0 ? out.length : end).toString("utf8");
    at = end < 0 ? out.length : end + 1;
    lines.push(line);
    return line;
  };
  const kind = next();
  if (kind === "absent" || kind === "absent-with-folder") return { is: "absent", folder: kind === "absent" };
  const real = next();
  const [uid, gid, mode, links] = next().split(" ");
  const owner = { uid: Number(uid), gid: Number(gid), mode: Number.parseInt(mode ?? "", 8) };
  if (![owner.uid, owner.gid, owner.mode].every(Number.isInteger))
    throw new Refused("unreadable", `what stat says of ${real} is not understood`);
  if (kind !== "file") return { is: kind === "folder" ? "folder" : "other", real, owner };
  const why = next();
  const hardLinks = Number(links) || 1;
  const inPlace = why !== "" ? why : hardLinks > 1 ? `it has ${hardLinks} names (hard links)` : undefined;
  return {
    is: "file",
    file: {
      real,
      ...owner,
      links: hardLinks,
      content: out.subarray(at),
      ...(inPlace === undefined ? {} : { inPlace }),
    },
  };
}

export interface FileWrite {
  readonly path: string;
  /** sha256 of what stands there now; "absent" for nothing. Anything else ends the write. */
  readonly from: string | readonly string[];
  readonly content: Uint8Array;
  readonly sha256: string;
  /** Left out for a file that is new. */
  readonly owner?: Pick<FileOwner, "uid" | "gid">;
  readonly mode: number;
  readonly inPlace: boolean;
  /** Part of the name of the file beside. */
  readonly tag: string;
}

const codes: Readonly<Record<number, string>> = {
  [lockLost]: "the lock on the host is no longer ours",
  71: "the new text did not arrive whole",
  72: "somebody changed it at this moment",
  73: "its owner and mode cannot be kept",
  74: "writing in place failed",
};

/**
 * The new text goes to a file beside, with owner, mode, SELinux context and attributes of the old one, is synced, and takes
 * its place by rename, which is one moment. In place, the same file is overwritten from the one beside.
 */
export async function writePath(access: HostAccess, lock: HostLock, write: FileWrite): Promise<void> {
  const { path, owner } = write;
  checkPath(path);
  const temporary = `${path.slice(0, path.lastIndexOf("/") + 1)}.watchmend-${write.tag}.tmp`;
  const froms = [write.from].flat().map(quoteWord).join("|");
  const mode = write.mode.toString(8);
  const keep =
    owner === undefined
      ? `chmod ${mode} "$t"`
      : `{ [ -e "$r" ] && { cp --attributes-only --preserve=all "$r" "$t" 2>/dev/null || chcon --reference="$r" "$t" 2>/dev/null; }; } || :
chown ${owner.uid}:${owner.gid} "$t" 2>/dev/null || :
chmod ${mode} "$t" && touch "$t"
case "$(wm_stat "$t")" in "${owner.uid} ${owner.gid} "*) ;; *) rm -f "$t"; exit 73;; esac`;
  const place = write.inPlace
    ? `cat "$t" > "$r" && chmod ${mode} "$r" || exit 74
sync "$r" 2>/dev/null || sync
rm -f "$t"`
    : `sync "$t" 2>/dev/null || sync
mv -f "$t" "$r" && { sync "$(dirname "$r")" 2>/dev/null || sync; }`;
  const script = `${prelude}umask 077
r=${quoteWord(path)}; t=${quoteWord(temporary)}
cat > "$t" || { rm -f "$t"; exit 71; }
[ "$(wm_sha "$t")" = ${write.sha256} ] || { rm -f "$t"; exit 71; }
${lock.fence}if [ -e "$r" ]; then h=$(wm_sha "$r"); else h=absent; fi
case "$h" in ${froms}) ;; *) rm -f "$t"; exit 72;; esac
${keep}
${place}`;
  await finish(access, path, await runScript(access, script, { stdin: write.content }));
}

/** Takes a file away that was not there before, if it is still the one that was written. */
export async function removePath(
  access: HostAccess,
  lock: HostLock,
  path: string,
  sha256: string,
): Promise<void> {
  const script = `${prelude}r=${quoteWord(path)}
${lock.fence}[ -e "$r" ] || exit 0
[ "$(wm_sha "$r")" = ${sha256} ] || exit 72
rm -f "$r" && { sync "$(dirname "$r")" 2>/dev/null || sync; }`;
  await finish(access, path, await runScript(access, script));
}

/** What a killed run may have left beside the file. */
export async function sweepBeside(
  access: HostAccess,
  lock: HostLock,
  path: string,
  tag: string,
): Promise<void> {
  const temporary = `${path.slice(0, path.lastIndexOf("/") + 1)}.watchmend-${tag}.tmp`;
  await runScript(access, `${lock.fence}rm -f ${quoteWord(temporary)}`);
}

export async function finish(
  access: HostAccess,
  path: string,
  result: Awaited<ReturnType<typeof runScript>>,
): Promise<void> {
  if (result.code === 0) return;
  const known = result.code === undefined ? undefined : codes[result.code];
  const says = result.stderr.trim() === "" && known ? "" : `: ${failureOf(access, result)}`;
  throw new Refused(
    "unreadable",
    `${path}: ${known ?? "it could not be changed"}${known && says ? says : says}`,
  );
}
