// What lies below a directory and belongs to the same wrong user: listed before anything changes, so that it can be given back path by path.
import { quoteWord } from "../../../model/quote.ts";
import { Refused } from "../../edit/refusal.ts";
import { type HostAccess, mustRun } from "../doors.ts";

export interface Below {
  /** Names directly below the directory, `*` stands for anything; the rest of the directory is not looked at. */
  readonly names: readonly string[];
  /** Only what belongs to this user. */
  readonly uid: number;
}

export interface OwnedPath {
  readonly gid: number;
  /** Relative to the directory, with `./` before it. */
  readonly path: string;
}

const largest = 16 * 1024 * 1024;

/** Links are listed and never followed, other file systems not entered. */
export async function ownedBelow(access: HostAccess, directory: string, below: Below): Promise<OwnedPath[]> {
  const { names, uid } = below;
  if (!Number.isInteger(uid) || names.some((name) => !/^[\w*][\w.*-]*$/.test(name)))
    throw new Refused("forbidden-path", `${names.join(" ")} of ${uid} cannot be looked for`);
  const script = `cd ${quoteWord(directory)} || exit 1
set --
for n in ${names.map((name) => `./${name}`).join(" ")}; do if [ -e "$n" ] || [ -h "$n" ]; then set -- "$@" "$n"; fi; done
[ $# -gt 0 ] || exit 0
[ -z "$(find "$@" -xdev -name '*
*' | head -n 1)" ] || { echo "a name below it has a line break" >&2; exit 1; }
find "$@" -xdev -user ${uid} -exec stat -c '%g %n' {} +`;
  const out = (await mustRun(access, directory, script, { maxBytes: largest })).toString("utf8");
  return readOwned(out);
}

export function readOwned(text: string): OwnedPath[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, gid, path] = /^(\d+) (\.\/.+)$/.exec(line) ?? [];
      if (gid === undefined || path === undefined)
        throw new Refused("unreadable", `what find says is not understood: ${line.slice(0, 200)}`);
      return { gid: Number(gid), path };
    });
}

export function writeOwned(paths: readonly OwnedPath[]): string {
  return paths.map(({ gid, path }) => `${gid} ${path}\n`).join("");
}

/** Input of the scripts below: what is gone meanwhile is passed over, everything else has to work. */
export function pathList(paths: readonly OwnedPath[]): string {
  return paths.map(({ path }) => `${path}\0`).join("");
}

/** Runs `command` with the paths of standard input that are there, as many at once as a command line holds. */
function withPaths(command: string): string {
  const each = `for p do shift; if [ -e "$p" ] || [ -h "$p" ]; then set -- "$@" "$p"; fi; done; [ $# -eq 0 ] || ${command} "$@"`;
  return `xargs -0 sh -c ${quoteWord(each)} sh`;
}

/** Lines of a script that stands in the directory and gives the paths of its input to one owner. */
export function giveAll(uid: number, gid: number): string {
  return `${withPaths(`chown -h ${uid}:${gid}`)} || exit 1`;
}

/** How many of the paths belong to `uid` now. */
export async function countOwned(
  access: HostAccess,
  directory: string,
  paths: readonly OwnedPath[],
  uid: number,
): Promise<number> {
  if (paths.length === 0) return 0;
  const script = `cd ${quoteWord(directory)} || exit 1
${withPaths("stat -c %u")}`;
  const out = await mustRun(access, directory, script, { stdin: pathList(paths), maxBytes: largest });
  return out
    .toString("utf8")
    .split("\n")
    .filter((line) => line === String(uid)).length;
}
