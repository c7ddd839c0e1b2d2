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

const classBits = { owner: 0o200, group: 0o020, other: 0o002 } as const;

/** Write access to a file, or to create entries in a directory (which also needs the search bit of the same class). */
export function mayWrite(
  process: ProcessUser,
  path: PathOwner,
  options: { readonly isDirectory?: boolean } = {},
): AccessVerdict {
  if (process.uid === 0 && !process.withoutOverride) {
    return { allowed: true, decidedBy: "root", because: "uid 0 is not bound by permission bits" };
  }
  if (process.uid === path.uid) return byClass("owner", `uid ${process.uid} owns it`, path.mode, options);
  const groups = [...(process.gid === undefined ? [] : [process.gid]), ...(process.groups ?? [])];
  if (path.gid !== undefined && groups.includes(path.gid))
    return byClass("group", `gid ${path.gid} is a group of the process`, path.mode, options);
  const isGroupKnown = path.gid !== undefined && process.gid !== undefined;
  const asGroup = isSet("group", path.mode, options);
  const asOther = isSet("other", path.mode, options);
  if (!isGroupKnown && asGroup !== asOther) {
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
    options,
  );
}

function byClass(
  name: keyof typeof classBits,
  who: string,
  mode: number,
  options: { readonly isDirectory?: boolean },
): AccessVerdict {
  const allowed = isSet(name, mode, options);
  const bits = mode.toString(8).padStart(3, "0");
  return {
    allowed,
    decidedBy: name,
    because: `${who}; mode ${bits} ${allowed ? "lets" : "does not let"} the ${name} class write`,
  };
}

function isSet(
  name: keyof typeof classBits,
  mode: number,
  { isDirectory = false }: { readonly isDirectory?: boolean },
): boolean {
  const write = classBits[name];
  const search = write >> 1;
  return (mode & write) !== 0 && (!isDirectory || (mode & search) !== 0);
}
