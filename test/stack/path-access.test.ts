// The owner class decides first; the group bits are not looked at for the owner.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  accessToEntry,
  blockingParent,
  numericUser,
  parentsOf,
  processUser,
} from "../../src/stack/path-access.ts";
import { mayAccess, mayWrite } from "../../src/stack/write-access.ts";

const folder = (uid: number, gid: number, mode: number) => ({
  path: "/data",
  uid,
  gid,
  mode,
  type: "directory" as const,
});

describe("classes", () => {
  test("the owner needs no group", () => {
    expect(
      mayWrite({ uid: 65534 }, { uid: 65534, gid: 0, mode: 0o755 }, { isDirectory: true }),
    ).toMatchObject({ allowed: true, decidedBy: "owner" });
  });
  test("the owner without owner bits is refused, even if group and others may", () => {
    expect(mayWrite({ uid: 1000, gid: 1000 }, { uid: 1000, gid: 1000, mode: 0o077 })).toMatchObject({
      allowed: false,
      decidedBy: "owner",
    });
  });
  test("fsGroup is a group of the process", () => {
    const process = processUser({ uid: 65534, gid: 65534, fsGroup: 2000 });
    expect(mayAccess(process, { uid: 0, gid: 2000, mode: 0o770 }, "create")).toMatchObject({
      allowed: true,
      decidedBy: "group",
    });
    expect(mayAccess(process, { uid: 0, gid: 0, mode: 0o755 }, "create")).toMatchObject({
      allowed: false,
      decidedBy: "other",
    });
    expect(mayAccess(process, { uid: 0, gid: 0, mode: 0o755 }, "search").allowed).toBe(true);
  });
  test("root, and root without CAP_DAC_OVERRIDE", () => {
    expect(mayAccess({ uid: 0 }, { uid: 1, gid: 1, mode: 0 }, "create")).toMatchObject({
      allowed: true,
      decidedBy: "root",
    });
    const bare = processUser({ uid: 0, gid: 0, dropsAllCapabilities: true });
    expect(mayAccess(bare, { uid: 472, gid: 472, mode: 0o755 }, "create")).toMatchObject({
      allowed: false,
      decidedBy: "other",
    });
  });
  test("an unknown group leaves it open only where it matters", () => {
    expect(mayAccess({ uid: 5 }, { uid: 0, gid: 7, mode: 0o775 }, "create").allowed).toBeUndefined();
    expect(mayAccess({ uid: 5 }, { uid: 0, gid: 7, mode: 0o755 }, "create").allowed).toBe(false);
  });
});

describe("listed paths", () => {
  test("names need the accounts of that machine", () => {
    const entry = { path: "/data", owner: "nobody", group: "nogroup", mode: 0o755 };
    expect(accessToEntry(entry, { uid: 65534 }, "create").allowed).toBeUndefined();
    const at = { source: "passwd", line: 1 };
    expect(accessToEntry(entry, { uid: 65534 }, "create", [{ at, name: "nobody", uid: 99 }]).allowed).toBe(
      false,
    );
    expect(accessToEntry(entry, { uid: 99 }, "create", [{ at, name: "nobody", uid: 99 }]).allowed).toBe(true);
    expect(accessToEntry({ ...entry, mode: 0o777 }, { uid: 5, gid: 5 }, "create").allowed).toBe(true);
    expect(accessToEntry({ ...entry, mode: 0o555 }, { uid: 5, gid: 5 }, "create").allowed).toBe(false);
  });
  test("an ACL can say more, but not to the owner", () => {
    expect(
      accessToEntry({ ...folder(0, 0, 0o750), hasAcl: true }, { uid: 5, gid: 5 }, "read").allowed,
    ).toBeUndefined();
    expect(accessToEntry({ ...folder(5, 0, 0o750), hasAcl: true }, { uid: 5, gid: 5 }, "read").allowed).toBe(
      true,
    );
  });
  test("a folder above that cannot be entered", () => {
    const known = [
      { ...folder(0, 0, 0o755), path: "/srv" },
      { ...folder(0, 0, 0o700), path: "/srv/mon/" },
    ];
    expect(blockingParent("/srv/mon/prom", known, { uid: 5, gid: 5 })?.entry.path).toBe("/srv/mon/");
    expect(blockingParent("/srv/mon/prom", known, { uid: 0 })).toBeUndefined();
    expect(parentsOf("/a/b/c")).toEqual(["/", "/a", "/a/b"]);
  });
  test("user of a container", () => {
    expect(numericUser("10001:0")).toEqual({ uid: 10001, gid: 0 });
    expect(numericUser("grafana")).toBeUndefined();
  });
});

/** The kernel's algorithm (acl_permission_check in fs/namei.c), written down the other way round. */
function kernel(
  uid: number,
  groups: readonly number[],
  owner: number,
  group: number,
  mode: number,
  bits: number,
): boolean {
  const shift = uid === owner ? 6 : groups.includes(group) ? 3 : 0;
  return (mode & (bits << shift)) === bits << shift;
}

test("agrees with the kernel's algorithm", () => {
  const id = fc.integer({ min: 1, max: 4 });
  fc.assert(
    fc.property(
      id,
      id,
      fc.array(id, { maxLength: 3 }),
      id,
      id,
      fc.integer({ min: 0, max: 0o777 }),
      (uid, gid, groups, owner, group, mode) => {
        const needs = { read: 4, write: 2, create: 3, search: 1 } as const;
        for (const [wanted, bits] of Object.entries(needs)) {
          const verdict = mayAccess(
            { uid, gid, groups },
            { uid: owner, gid: group, mode },
            wanted as keyof typeof needs,
          );
          expect(verdict.allowed).toBe(kernel(uid, [gid, ...groups], owner, group, mode, bits));
        }
      },
    ),
  );
});
