// set-owner: numeric owner and mode of exactly one path; below it only what the step names, and only where the same user has it.
import { z } from "zod";
import type { Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import { commandOf } from "../../commands.ts";
import { storedRef } from "../backup-store.ts";
import { hostFor, mustRun, runScript } from "../doors.ts";
import { type FileOwner, finish, prelude, readPath } from "../host-file.ts";
import { type ActContext, defineKind } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import {
  countOwned,
  giveAll,
  type OwnedPath,
  ownedBelow,
  pathList,
  readOwned,
  writeOwned,
} from "./owned-below.ts";
import { noWayTo } from "./text.ts";

type OwnerStep = Extract<Step, { readonly do: "set-owner" }>;

const owner = z.strictObject({ uid: z.int(), gid: z.int(), mode: z.int() });
/** `list` holds a line for each path, with the group it had: GID PATH. */
const below = z.strictObject({ uid: z.int(), count: z.int(), list: storedRef });
const image = z.strictObject({
  host: z.string(),
  path: z.string(),
  before: owner,
  after: owner,
  below: below.optional(),
});
type Image = z.infer<typeof image>;

export const setOwner = defineKind<OwnerStep, Image>({
  does: ["set-owner"],
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const command = commandOf(step);
    const access = hostFor(doors, step.host);
    if (!access)
      return { state: "left", because: noWayTo(step.host, step.path), ...(command ? { command } : {}) };
    const state = await readPath(access, step.path);
    if (state.is === "absent")
      return { state: "refused", because: `there is no ${step.path} on ${access.door.host}` };
    const { real, uid, gid, mode } = state.is === "file" ? state.file : { real: state.real, ...state.owner };
    const subject = `${access.door.host}:${real}`;
    const before = { uid, gid, mode };
    const after = { uid: step.uid ?? uid, gid: step.gid ?? gid, mode: step.mode ?? mode };
    if (words(before) === words(after)) return { state: "already", subject };
    const { host } = access.door;
    const who = (await mustRun(access, host, "id -u")).toString("utf8").trim();
    if (who !== "0")
      return {
        state: "left",
        because: `changing the owner of ${real} needs root on ${host}, and sudo asks for a password`,
        ...(command ? { command } : {}),
      };
    const inside = step.below && step.uid !== undefined ? await ownedBelow(access, real, step.below) : [];
    return {
      state: "change",
      subject,
      lock: { kind: "host", host },
      before: `${words(before)}${andBelow(inside.length)}`,
      after: `${words(after)}${andBelow(inside.length)}`,
      fingerprint: words(before),
      notes: real === step.path ? [] : [`${step.path} is a link: what changes is ${real}`],
      image: (backup) => ({
        host,
        path: real,
        before,
        after,
        ...(step.below && inside.length > 0
          ? {
              below: {
                uid: step.below.uid,
                count: inside.length,
                list: backup.put(`owners-below-${host}-${real}`, writeOwned(inside)),
              },
            }
          : {}),
      }),
    };
  },
  // The directory first: cut off behind it, the step shows itself as begun, and all that is listed is given back.
  async act({ host, path, before, after, below: inside }, context) {
    await change(host, path, [before], after, context);
    if (inside) await giveBelow(host, path, after, listed(inside, context), context);
  },
  async where({ host, path, before, after, below: inside }, context) {
    const access = accessTo(context.doors, host);
    const state = await readPath(access, path);
    if (state.is === "absent") return { is: "elsewhere", says: `${path} is not there any more` };
    const now = state.is === "file" ? state.file : state.owner;
    if (words(now) === words(before)) return { is: "before" };
    if (words(now) === words(after)) {
      const left = inside ? await countOwned(access, path, listed(inside, context), inside.uid) : 0;
      return { is: left === 0 ? "after" : "between" };
    }
    if (between(before, after).some((one) => words(one) === words(now))) return { is: "between" };
    return {
      is: "elsewhere",
      says: `${path} is ${words(now)} now, not ${words(after)} as watchmend left it`,
    };
  },
  // And last, for the same reason.
  async undo({ host, path, before, after, below: inside }, context) {
    const paths = inside ? listed(inside, context) : [];
    for (const gid of new Set(paths.map((one) => one.gid))) {
      const own = { uid: inside?.uid ?? before.uid, gid };
      await giveBelow(
        host,
        path,
        own,
        paths.filter((one) => one.gid === gid),
        context,
      );
    }
    await change(host, path, [after, ...between(before, after)], before, context);
  },
  byHand: ({ host, path, before, below: inside }) => [
    `# on ${host}`,
    ...(inside
      ? [
          `(cd ${quoteWord(path)} && while read -r g p; do [ ! -e "$p" ] || chown -h ${inside.uid}:"$g" "$p"; done) < ${quoteWord(`backup/${inside.list.file}`)}`,
        ]
      : []),
    `chown -h ${before.uid}:${before.gid} ${quoteWord(path)} && chmod ${before.mode.toString(8)} ${quoteWord(path)}`,
  ],
});

function andBelow(count: number): string {
  return count === 0 ? "" : `, and ${count} path${count === 1 ? "" : "s"} below`;
}

function listed({ list }: NonNullable<Image["below"]>, { backup }: ActContext): OwnedPath[] {
  return readOwned(backup.get(list).toString("utf8"));
}

async function giveBelow(
  host: string,
  path: string,
  to: Pick<FileOwner, "uid" | "gid">,
  paths: readonly OwnedPath[],
  context: ActContext,
): Promise<void> {
  if (paths.length === 0) return;
  const { access, lock } = reach(host, context);
  const script = `${lock.fence}cd ${quoteWord(path)} || exit 1
${giveAll(to.uid, to.gid)}
sync`;
  await finish(access, path, await runScript(access, script, { stdin: pathList(paths) }));
}

function words({ uid, gid, mode }: FileOwner): string {
  return `${uid}:${gid} ${mode.toString(8).padStart(4, "0")}`;
}

/** chown comes first and takes setuid and setgid bits away; then chmod. */
function between(before: FileOwner, after: FileOwner): FileOwner[] {
  const modes = [before.mode, before.mode & 0o1777, after.mode];
  return [before, after].flatMap(({ uid, gid }) => modes.map((mode) => ({ uid, gid, mode })));
}

async function change(
  host: string,
  path: string,
  from: readonly FileOwner[],
  to: FileOwner,
  context: ActContext,
): Promise<void> {
  const { access, lock } = reach(host, context);
  const known = [
    ...new Set([...from, to].map(({ uid, gid, mode }) => `"${uid} ${gid} ${mode.toString(8)} "*`)),
  ];
  const word = quoteWord(path);
  const script = `${prelude}${lock.fence}[ -L ${word} ] && exit 72
case "$(wm_stat ${word} | sed 's/ 0*\\([0-7]\\)/ \\1/g')" in ${known.join("|")}) ;; *) exit 72;; esac
chown -h ${to.uid}:${to.gid} ${word} && chmod ${to.mode.toString(8)} ${word} || exit 1
sync ${word} 2>/dev/null || sync`;
  await finish(access, path, await runScript(access, script));
}
