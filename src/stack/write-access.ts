// POSIX owner-class arithmetic: may this process write that path? Exactly one class of permission bits decides.

export interface ProcessUser {
  readonly uid: number;
  /** Primary group; the images run with group 0 or their own when nothing sets it. Unknown when left out. */
  readonly gid?: number;
  readonly groups?: readonly number[];
  /** CAP_DAC_OVERRIDE dropped: even root is judged by the bits. */
  readonly withoutOverride?: boolean;
}

export interface PathOwner {
  readonly uid: number;
  readonly gid?: number;
  /** Permission bits, e.g. 0o755. */
  readonly mode: number;
}

export interface AccessVerdict {
  /** Undefined when the class that decides cannot be told. */
  readonly allowed: boolean | undefined;
  readonly decidedBy: "root" | "owner" | "group" | "other" | "unknown";
  readonly because: string;
}

/** "write" to a file, "create" entries in a directory, "search": pass through a directory. */
export type Wanted = "read" | "write" | "create" | "search";

const wantedBits: Readonly<Record<Wanted, number>> = { read: 4, write: 2, create: 3, search: 1 };
const wantedVerbs: Readonly<Record<Wanted, string>> = {
  read: "read",
  write: "write",
  create: "write",
  search: "enter",
};
const classShifts = { owner: 6, group: 3, other: 0 } as const;

/** Write access to a file, or to create entries in a directory (which also needs the search bit of the same class). */
export function mayWrite(
  process: ProcessUser,
  path: PathOwner,
  options: { readonly isDirectory?: boolean } = {},
): AccessVerdict {
  return mayAccess(process, path, options.isDirectory ? "create" : "write");
}

/**
 * POSIX.1 "File Access Permissions": the owner bits alone decide for the owner, even if the group bits would allow more; then the
 * group bits for members of the group; then the bits for others. The classes do not add up.
 */
export function mayAccess(process: ProcessUser, path: PathOwner, wanted: Wanted): AccessVerdict {
  if (process.uid === 0 && !process.withoutOverride) {
    return { allowed: true, decidedBy: "root", because: "uid 0 is not bound by permission bits" };
  }
  if (process.uid === path.uid) return byClass("owner", `uid ${process.uid} owns it`, path.mode, wanted);
  const groups = [...(process.gid === undefined ? [] : [process.gid]), ...(process.groups ?? [])];
  if (path.gid !== undefined && groups.includes(path.gid))
    return byClass("group", `gid ${path.gid} is a group of the process`, path.mode, wanted);
  const isGroupKnown = path.gid !== undefined && process.gid !== undefined;
  if (!isGroupKnown && grants("group", path.mode, wanted) !== grants("other", path.mode, wanted)) {
    return {
      allowed: undefined,
      decidedBy: "unknown",
      because:
        "the group of the process or of the path is not known, and the group bits differ from the others",
    };
  }
  return byClass(
    "other",
    `uid ${process.uid} is neither owner ${path.uid} nor in group ${path.gid ?? "(unknown)"}`,
    path.mode,
    wanted,
  );
}

function byClass(name: keyof typeof classShifts, who: string, mode: number, wanted: Wanted): AccessVerdict {
  const allowed = grants(name, mode, wanted);
  const bits = mode.toString(8).padStart(3, "0");
  return {
    allowed,
    decidedBy: name,
    because: `${who}; mode ${bits} ${allowed ? "lets" : "does not let"} the ${name} class ${wantedVerbs[wanted]}`,
  };
}

function grants(name: keyof typeof classShifts, mode: number, wanted: Wanted): boolean {
  const bits = wantedBits[wanted];
  return ((mode >> classShifts[name]) & bits) === bits;
}
