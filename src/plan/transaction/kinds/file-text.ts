// The text of a file on a host: a change of it, where it stands afterwards, and the way back.
import { createTwoFilesPatch } from "diff";
import { z } from "zod";
import { quoteWord } from "../../../model/quote.ts";
import { sha256 } from "../../backup.ts";
import { type BackupStore, storedRef } from "../backup-store.ts";
import { denyTextChange } from "../deny-text.ts";
import { type Doors, type HostAccess, hostFor } from "../doors.ts";
import { type FileOwner, type HostFile, readPath, removePath, sweepBeside, writePath } from "../host-file.ts";
import type { HostLock } from "../host-lock.ts";
import type { ActContext, Look, Standing } from "../step-kind.ts";

const owner = z.strictObject({ uid: z.int(), gid: z.int(), mode: z.int() });

export const fileImage = z.strictObject({
  at: z.literal("file"),
  host: z.string(),
  path: z.string(),
  /** Absent: the file was not there. */
  before: z.strictObject({ content: storedRef, owner }).optional(),
  after: z.strictObject({ content: storedRef, mode: z.int() }),
  inPlace: z.boolean(),
  tag: z.string(),
});
export type FileImage = z.infer<typeof fileImage>;

export interface FileWish {
  readonly access: HostAccess;
  /** Undefined: it is not there yet. */
  readonly file: HostFile | undefined;
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly mode?: number;
}

export function fileLook({ access, file, path, before, after, mode }: FileWish): Look<FileImage> {
  const { host } = access.door;
  const subject = `${host}:${path}`;
  const wantedMode = mode ?? file?.mode ?? 0o644;
  if (file && before === after && wantedMode === file.mode) return { state: "already", subject };
  const denied = denyTextChange(before, after);
  if (denied !== undefined) return { state: "refused", because: `${path}: ${denied}` };
  return {
    state: "change",
    subject,
    lock: { kind: "host", host },
    before,
    after,
    fingerprint: file ? sha256(file.content) : "absent",
    notes: file?.inPlace ? [`${path} is overwritten in place, not replaced, because ${file.inPlace}`] : [],
    image: (backup) => ({
      at: "file",
      host,
      path,
      ...(file
        ? { before: { content: stored(backup, host, path, file.content), owner: ownerOf(file) } }
        : {}),
      after: { content: stored(backup, host, path, after), mode: wantedMode },
      inPlace: file?.inPlace !== undefined,
      tag: sha256(`${path}\n${after}`).slice(0, 12),
    }),
  };
}

function stored(
  backup: BackupStore,
  host: string,
  path: string,
  content: Uint8Array | string,
): FileImage["after"]["content"] {
  return backup.put(`${host}${path}`, content);
}

function ownerOf({ uid, gid, mode }: FileOwner): FileOwner {
  return { uid, gid, mode };
}

interface Reached {
  readonly access: HostAccess;
  readonly lock: HostLock;
}

export function reach(host: string, { doors, hostLock }: ActContext): Reached {
  const access = accessTo(doors, host);
  const lock = hostLock(host);
  if (!lock) throw new Error(`${host} is not locked`);
  return { access, lock };
}

export function accessTo(doors: Doors, host: string): HostAccess {
  const access = hostFor(doors, host);
  if (!access) throw new Error(`there is no way to ${host}: name it with --host`);
  return access;
}

export async function actOnFile(image: FileImage, context: ActContext): Promise<void> {
  const { access, lock } = reach(image.host, context);
  const content = context.backup.get(image.after.content);
  await writePath(access, lock, {
    path: image.path,
    from: image.before?.content.sha256 ?? "absent",
    content,
    sha256: image.after.content.sha256,
    ...(image.before ? { owner: image.before.owner } : {}),
    mode: image.after.mode,
    inPlace: image.inPlace,
    tag: image.tag,
  });
}

export async function whereIsFile(image: FileImage, context: ActContext): Promise<Standing> {
  const access = accessTo(context.doors, image.host);
  const now = await readPath(access, image.path);
  const { before, after } = image;
  if (now.is === "absent") {
    if (!before) return { is: "before" };
    return { is: "elsewhere", says: `${image.path} is not there any more` };
  }
  if (now.is !== "file") return { is: "elsewhere", says: `${image.path} is no file any more` };
  const { file } = now;
  const hash = sha256(file.content);
  const isBefore = hash === before?.content.sha256;
  const isAfter = hash === after.content.sha256;
  const isTorn = image.inPlace && isTornCopy(file.content, context.backup.get(after.content));
  if (!isBefore && !isAfter && !isTorn) return { is: "elsewhere", says: difference(image, file, context) };
  if (before && (file.uid !== before.owner.uid || file.gid !== before.owner.gid))
    return { is: "elsewhere", says: `${image.path} belongs to ${file.uid}:${file.gid} now` };
  if (isAfter && file.mode === after.mode) return { is: "after" };
  if (isBefore && file.mode === before?.owner.mode) return { is: "before" };
  return isTorn || !before || file.mode === after.mode || file.mode === before.owner.mode
    ? { is: "between" }
    : { is: "elsewhere", says: `${image.path} has mode ${file.mode.toString(8)} now` };
}

/** An overwrite that was cut off leaves the beginning of the new text. */
function isTornCopy(now: Buffer, after: Buffer): boolean {
  return now.length < after.length && after.subarray(0, now.length).equals(now);
}

function difference(image: FileImage, file: HostFile, { backup }: ActContext): string {
  const wanted = backup.get(image.after.content).toString("utf8");
  const patch = createTwoFilesPatch(
    image.path,
    image.path,
    wanted,
    file.content.toString("utf8"),
    "as left by watchmend",
    "now",
    {
      context: 1,
      maxEditLength: 2000,
    },
  );
  return `${image.path} was changed since${patch ? `:\n${patch.split("\n").slice(1, 40).join("\n").trimEnd()}` : ""}`;
}

export async function undoFile(image: FileImage, context: ActContext): Promise<void> {
  const { access, lock } = reach(image.host, context);
  const { before, after } = image;
  if (!before) {
    await removePath(access, lock, image.path, after.content.sha256);
    await sweepBeside(access, lock, image.path, image.tag);
    return;
  }
  const now = await readPath(access, image.path);
  const torn = now.is === "file" ? [sha256(now.file.content)] : [];
  await writePath(access, lock, {
    path: image.path,
    from: [after.content.sha256, before.content.sha256, ...torn],
    content: context.backup.get(before.content),
    sha256: before.content.sha256,
    owner: before.owner,
    mode: before.owner.mode,
    inPlace: image.inPlace,
    tag: image.tag,
  });
}

/** Only what stands there as it was left is overwritten; what is as it was is left alone. */
export function fileByHand({ host, path, before, after }: FileImage): string[] {
  const word = quoteWord(path);
  const changed = `*) echo ${quoteWord(`${path} was changed since: compare it with backup/`)} >&2; exit 1;;`;
  const hash = `if [ -e ${word} ]; then h=$(sha256sum < ${word} | cut -c1-64); else h=absent; fi`;
  if (!before)
    return [
      `# on ${host}: this file was new`,
      hash,
      `case "$h" in ${after.content.sha256}) rm ${word};; absent) ;; ${changed} esac`,
    ];
  const { uid, gid, mode } = before.owner;
  return [
    `# on ${host}`,
    hash,
    `case "$h" in ${after.content.sha256}|${before.content.sha256}) ;; ${changed} esac`,
    `cat ${quoteWord(`backup/${before.content.file}`)} > ${word}`,
    `chown ${uid}:${gid} ${word} && chmod ${mode.toString(8)} ${word}`,
  ];
}
