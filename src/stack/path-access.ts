// May a process use a path, judged from what `ls` and `stat` showed: with names instead of numbers, ACLs and the folders above.
import type { FileEntry, UserAccount } from "../model/host.ts";
import { type AccessVerdict, mayAccess, type ProcessUser, type Wanted } from "./write-access.ts";

type Entry = Pick<
  FileEntry,
  "path" | "uid" | "gid" | "owner" | "group" | "mode" | "hasAcl" | "missing" | "host"
>;

/**
 * The verdict for one listed path. `accounts` turns owner names into numbers (only accounts of the same machine may be given: the
 * same name has other numbers elsewhere).
 */
export function accessToEntry(
  entry: Entry,
  process: ProcessUser,
  wanted: Wanted,
  accounts: readonly UserAccount[] = [],
): AccessVerdict {
  if (entry.missing) return unknown(`${entry.path} does not exist`);
  const { mode } = entry;
  if (mode === undefined) return unknown(`the mode of ${entry.path} is not known`);
  const uid =
    entry.uid ?? accounts.find((account) => account.name !== undefined && account.name === entry.owner)?.uid;
  const gid = entry.gid ?? groupNumber(entry.group, accounts);
  if (uid === undefined) return withoutOwner(entry, mode, process, wanted);
  const verdict = mayAccess(process, given(uid, gid, mode), wanted);
  const isOwnerOrRoot = verdict.decidedBy === "owner" || verdict.decidedBy === "root";
  if (entry.hasAcl && !isOwnerOrRoot) {
    return unknown(`${entry.path} has an access control list, which may name further users and groups`);
  }
  return verdict;
}

function given(
  uid: number,
  gid: number | undefined,
  mode: number,
): { uid: number; gid?: number; mode: number } {
  return gid === undefined ? { uid, mode } : { uid, gid, mode };
}

/** If every class gives the same answer, the owner does not matter. */
function withoutOwner(entry: Entry, mode: number, process: ProcessUser, wanted: Wanted): AccessVerdict {
  const asOwner = mayAccess(process, { uid: process.uid, mode }, wanted);
  if (asOwner.decidedBy === "root") return asOwner;
  // as a stranger, once in the group and once not
  const stranger = { ...process, uid: process.uid === 1 ? 2 : 1, gid: 1 };
  const asMember = mayAccess(stranger, { uid: process.uid, gid: 1, mode }, wanted);
  const asOther = mayAccess({ ...stranger, groups: [] }, { uid: process.uid, gid: 2, mode }, wanted);
  if (!entry.hasAcl && asOwner.allowed === asMember.allowed && asMember.allowed === asOther.allowed) {
    return { ...asOther, because: `all classes have the same right in mode ${mode.toString(8)}` };
  }
  return unknown(`the number behind the owner ${entry.owner ?? "(unknown)"} of ${entry.path} is not known`);
}

function groupNumber(name: string | undefined, accounts: readonly UserAccount[]): number | undefined {
  if (name === undefined) return undefined;
  return accounts.flatMap((account) => account.groups ?? []).find((group) => group.name === name)?.gid;
}

function unknown(because: string): AccessVerdict {
  return { allowed: undefined, decidedBy: "unknown", because };
}

/** The first known folder above `path` that the process may not enter: nothing below it can be opened, whatever its own mode. */
export function blockingParent<T extends Entry>(
  path: string,
  known: readonly T[],
  process: ProcessUser,
): { readonly entry: T; readonly verdict: AccessVerdict } | undefined {
  for (const parent of parentsOf(path)) {
    const entry = known.find((candidate) => candidate.path.replace(/(.)\/$/, "$1") === parent);
    const verdict = entry && accessToEntry(entry, process, "search");
    if (entry && verdict?.allowed === false) return { entry, verdict };
  }
  return undefined;
}

/** `/a/b/c` gives `/`, `/a`, `/a/b`. */
export function parentsOf(path: string): string[] {
  if (!path.startsWith("/")) return [];
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, i) => `/${parts.slice(0, i).join("/")}`);
}

/** The process of a pod or container. An fsGroup is one of its groups even on volumes whose files it does not change (hostPath). */
export function processUser(ids: {
  readonly uid: number;
  readonly gid?: number;
  readonly fsGroup?: number;
  readonly supplementalGroups?: readonly number[];
  readonly dropsAllCapabilities?: boolean;
}): ProcessUser {
  const groups = [...(ids.fsGroup === undefined ? [] : [ids.fsGroup]), ...(ids.supplementalGroups ?? [])];
  return {
    uid: ids.uid,
    ...(ids.gid === undefined ? {} : { gid: ids.gid }),
    ...(groups.length > 0 ? { groups } : {}),
    ...(ids.dropsAllCapabilities ? { withoutOverride: true } : {}),
  };
}

/** `10001:10001`, or `10001`, as the `user` of a container; undefined for names and for none. */
export function numericUser(
  user: string | undefined,
): { readonly uid: number; readonly gid?: number } | undefined {
  const match = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(user ?? "");
  if (!match) return undefined;
  return { uid: Number(match[1]), ...(match[2] === undefined ? {} : { gid: Number(match[2]) }) };
}
