// Where nothing but the record of the last apply is to be written: what it will say otherwise, so that a plan is never without a reason.
import { isDeepStrictEqual } from "node:util";
import type { HostRecord } from "../../model/deployment.ts";

/** `before` is undefined where there is none that can be read; one that is there all the same is told as damaged elsewhere. */
export function recordNote(
  before: HostRecord | undefined,
  after: HostRecord,
  { isThere }: { readonly isThere: boolean },
): string {
  const rest = "no other file and no container is touched";
  if (before === undefined && isThere) return `the record of the last apply is replaced; ${rest}`;
  if (before === undefined) return `the record of the last apply is not there, and is written; ${rest}`;
  const says = [
    ...memberWords(before.members, after.members),
    ...(isDeepStrictEqual(before.secrets ?? [], after.secrets ?? []) ? [] : ["which files are secrets"]),
    ...(["files", "containers", "read"] as const).flatMap((key) =>
      isDeepStrictEqual(before[key], after[key]) ? [] : [words[key]],
    ),
  ];
  const why = says.length === 0 ? "an earlier version wrote it in another form" : says.join(", ");
  return `only the record of the last apply is written anew (${why}); ${rest}`;
}

const words = {
  files: "which files were put there",
  containers: "which containers were made",
  read: "which configuration they have read",
} as const;

type Members = HostRecord["members"];

function memberWords(before: Members, after: Members): readonly string[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return ["an earlier version did not note the hosts of the stack"];
  const now = after ?? {};
  const joined = Object.keys(now).filter((name) => before[name] === undefined);
  const gone = Object.keys(before).filter((name) => now[name] === undefined);
  const moved = Object.keys(now).filter((name) => {
    const [old, fresh] = [before[name], now[name]];
    return old && fresh && !isDeepStrictEqual(old, fresh);
  });
  // The first records held addresses and nothing else.
  const older = moved.filter(
    (name) => before[name]?.directory === undefined && before[name]?.address === now[name]?.address,
  );
  const changed = moved.filter((name) => !older.includes(name));
  return [
    ...(joined.length > 0 ? [`${joined.join(", ")} joined the stack`] : []),
    ...(gone.length > 0 ? [`${gone.join(", ")} left it`] : []),
    ...(changed.length > 0 ? [`the way to ${changed.join(", ")} has changed`] : []),
    ...(older.length > 0 ? ["an earlier version noted of each host its address only"] : []),
  ];
}
