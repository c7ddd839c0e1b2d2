// Where the files stand: as before, as after, in between, or changed by somebody else.
import { isDeepStrictEqual } from "node:util";
import type { Owned } from "../../../model/desired.ts";
import { type HostAccess, mustRun } from "../doors.ts";
import { type PathFact, parsePaths, pathsScript } from "../host-paths.ts";
import type { Standing } from "../step-kind.ts";
import { type Image, ownedBy } from "./files-image.ts";

export async function stateOf(access: HostAccess, one: Image): Promise<Map<string, PathFact>> {
  const files = one.files.map(({ path }) => path);
  const secrets = one.secrets.map(({ path, salt }) => ({ path, salt }));
  const paths = [...one.directories.map(({ path }) => path), ...files, ...secrets.map(({ path }) => path)];
  return parsePaths((await mustRun(access, one.host, pathsScript(paths, files, secrets))).toString("utf8"));
}

type Side = "before" | "after" | "both" | "neither";

export function standing(one: Image, now: ReadonlyMap<string, PathFact>): Standing {
  const sides = [
    ...one.files.map(({ path, before, after }) => ({
      path,
      side: sideOf(
        now.get(path),
        before && { hash: before.content.sha256, ...ownedBy(before) },
        after && { hash: after.content.sha256, ...ownedBy(after) },
      ),
    })),
    ...one.secrets.map(({ path, before, after }) => ({ path, side: sideOf(now.get(path), before, after) })),
  ];
  const strange = sides.find(({ side }) => side === "neither");
  if (strange) return { is: "elsewhere", says: `${one.host}:${strange.path} was changed by somebody since` };
  const foldersStand = one.directories.every(({ path }) => now.has(path));
  if (sides.length === 0) return { is: foldersStand ? "after" : "before" };
  if (foldersStand && sides.every(({ side }) => side !== "before")) return { is: "after" };
  // Folders that hold data by now stay, whatever else is taken back.
  return { is: sides.every(({ side }) => side !== "after") ? "before" : "between" };
}

interface Mark extends Owned {
  readonly hash: string;
}

function sideOf(fact: PathFact | undefined, before: Mark | undefined, after: Mark | undefined): Side {
  const isLike = (mark: Mark | undefined): boolean =>
    mark === undefined
      ? fact === undefined
      : fact?.sha256 === mark.hash && isDeepStrictEqual(ownedBy(fact), ownedBy(mark));
  const [was, is] = [isLike(before), isLike(after)];
  if (was && is) return "both";
  return was ? "before" : is ? "after" : "neither";
}
