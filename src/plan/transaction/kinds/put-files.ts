// put-files: folders and files of a deployment on one host, changed in one command, each file by rename, all with the way back.
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type { Owned } from "../../../model/desired.ts";
import type { PutFile, Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import type { SecretRef } from "../../../model/secret-ref.ts";
import { sha256 } from "../../backup.ts";
import { salted } from "../../salted.ts";
import { secretValue } from "../../secret-value.ts";
import { type BackupStore, storedRef } from "../backup-store.ts";
import { denyTextChange } from "../deny-text.ts";
import { type HostAccess, hostFor, mustRun, runScript } from "../doors.ts";
import { finish } from "../host-file.ts";
import { contentsScript, type PathFact, parseContents, parsePaths, pathsScript } from "../host-paths.ts";
import { defineKind, type Standing } from "../step-kind.ts";
import { tarOf } from "../tar.ts";
import { accessTo, reach } from "./file-text.ts";
import { noWayTo } from "./text.ts";

type FilesStep = Extract<Step, { readonly do: "put-files" }>;

const owner = { uid: z.int(), gid: z.int(), mode: z.int() };
const owned = z.strictObject(owner);
const text = z.strictObject({ content: storedRef, ...owner });

const image = z.strictObject({
  host: z.string(),
  tag: z.string(),
  directories: z.array(z.strictObject({ path: z.string(), before: owned.optional(), after: owned })),
  /** Taken away where they are empty, parents first. */
  empty: z.array(z.strictObject({ path: z.string(), before: owned })).default([]),
  files: z.array(z.strictObject({ path: z.string(), before: text.optional(), after: text.optional() })),
  /** Their values stay on the host: the one before lies beside, and what is compared is a salted hash. */
  secrets: z.array(
    z.strictObject({
      path: z.string(),
      before: z.strictObject({ hash: z.string(), ...owner }).optional(),
      after: z.strictObject({ hash: z.string(), ...owner }),
      salt: z.string(),
      from: z.strictObject({ from: z.enum(["env", "file", "issued"]), name: z.string() }),
    }),
  ),
});
type Image = z.infer<typeof image>;
type SecretFile = PutFile & { readonly secret: SecretRef };
type TextFile = PutFile & { readonly content: string };

const isSecret = (file: PutFile): file is SecretFile => "secret" in file;
const isText = (file: PutFile): file is TextFile => "content" in file;

export const putFiles = defineKind<FilesStep, Image>({
  does: ["put-files"],
  parse: (value) => image.parse(value),
  async look(step, { doors }) {
    const access = hostFor(doors, step.host);
    if (!access) return { state: "left", because: noWayTo(step.host, step.title) };
    const { host } = access.door;
    const salt = randomBytes(12).toString("hex");
    const { facts, uid } = await factsOf(access, step, salt);
    const wrong = shapeFault(step, facts);
    if (wrong !== undefined) return { state: "refused", because: `${host}: ${wrong}` };
    const directories = step.directories.filter(
      (one) => !isRight(one, facts.get(one.path), one.holds !== "config"),
    );
    const files = step.files.filter(isText).filter((one) => {
      const fact = facts.get(one.path);
      return fact?.sha256 !== sha256(Buffer.from(one.content)) || !isRight(one, fact, true);
    });
    const secrets = step.files.filter(isSecret).filter((one) => {
      const fact = facts.get(one.path);
      return fact?.sha256 !== salted(salt, secretValue(one.secret)) || !isRight(one, fact, true);
    });
    const removed = step.remove.filter(({ path, sha256: wrote }) => {
      const hash = facts.get(path)?.sha256;
      return hash !== undefined && (wrote === undefined || hash === wrote);
    });
    const subject = `${host}: ${step.title}`;
    const count = directories.length + files.length + secrets.length + removed.length;
    if (count === 0) return { state: "already", subject };
    if (uid !== 0)
      return {
        state: "refused",
        because: `${host}: files of other users are written there, which needs root: log in as root, or allow sudo without a password`,
      };
    const present = [...files.map(({ path }) => path), ...removed.map(({ path }) => path)].filter((path) =>
      facts.has(path),
    );
    const contents = await contentsOf(access, present);
    for (const { path, content } of files) {
      const denied = denyTextChange(contents.get(path)?.toString("utf8") ?? "", content);
      if (contents.has(path) && denied !== undefined)
        return { state: "refused", because: `${host}:${path}: ${denied}` };
    }
    const kept = (path: string, backup: BackupStore) => {
      const fact = facts.get(path);
      const content = contents.get(path);
      return fact && content
        ? { content: backup.put(`${host}${path}`, content), ...ownedBy(fact) }
        : undefined;
    };
    return {
      state: "change",
      subject,
      lock: { kind: "host", host },
      before: "",
      after: [...directories, ...files, ...secrets].map(({ path }) => path).join("\n"),
      fingerprint: "",
      image: (backup) => ({
        host,
        tag: sha256(`${step.title}${randomBytes(8).toString("hex")}`).slice(0, 12),
        directories: directories.map((one) => {
          const fact = facts.get(one.path);
          return { path: one.path, ...(fact ? { before: ownedBy(fact) } : {}), after: ownedBy(one) };
        }),
        empty: (step.removeEmpty ?? []).toSorted().flatMap((path) => {
          const fact = facts.get(path);
          return fact?.is === "folder" ? [{ path, before: ownedBy(fact) }] : [];
        }),
        files: [
          ...files.map((one) => {
            const before = kept(one.path, backup);
            const after = { content: backup.put(`${host}${one.path}`, one.content), ...ownedBy(one) };
            return { path: one.path, ...(before ? { before } : {}), after };
          }),
          ...removed.flatMap(({ path }) => {
            const before = kept(path, backup);
            return before ? [{ path, before }] : [];
          }),
        ],
        secrets: secrets.map((one) => {
          const fact = facts.get(one.path);
          return {
            path: one.path,
            ...(fact?.sha256 === undefined ? {} : { before: { hash: fact.sha256, ...ownedBy(fact) } }),
            after: { hash: salted(salt, secretValue(one.secret)), ...ownedBy(one) },
            salt,
            from: { ...one.secret },
          };
        }),
      }),
    };
  },
  async act(one, context) {
    const { access, lock } = reach(one.host, context);
    const entries = new Map<string, Buffer>();
    const lines = [
      ...one.directories.map(({ path, after }) => `d ${quoteWord(path)} ${words(after)}`),
      ...one.files.map(({ path, before, after }, n) => {
        if (!after) return `x ${quoteWord(path)} ${before?.content.sha256 ?? "absent"}`;
        entries.set(`c${n}`, context.backup.get(after.content));
        return `f c${n} ${quoteWord(path)} ${words(after)} ${before?.content.sha256 ?? "absent"} ${after.content.sha256}`;
      }),
      ...one.secrets.map(({ path, after, from }, n) => {
        entries.set(`s${n}`, Buffer.from(secretValue(from)));
        return `k s${n} ${quoteWord(path)} ${words(after)}`;
      }),
      ...one.empty.toReversed().map(({ path }) => `rmdir ${quoteWord(path)} 2>/dev/null || :`),
    ];
    await send(access, one, lock.fence, lines, entries);
  },
  async where(one, context) {
    return standing(one, await stateOf(accessTo(context.doors, one.host), one));
  },
  async undo(one, context) {
    const { access, lock } = reach(one.host, context);
    const now = await stateOf(access, one);
    const entries = new Map<string, Buffer>();
    const lines = [
      ...one.empty.map(({ path, before }) => `d ${quoteWord(path)} ${words(before)}`),
      ...one.files.map(({ path, before, after }, n) => {
        if (!before) return `x ${quoteWord(path)} ${after?.content.sha256 ?? "absent"}`;
        entries.set(`c${n}`, context.backup.get(before.content));
        const from = after?.content.sha256 ?? "absent";
        return `f c${n} ${quoteWord(path)} ${words(before)} ${from} ${before.content.sha256}`;
      }),
      ...one.secrets.flatMap(({ path, before }) => {
        if (before)
          return now.get(path)?.sha256 === before.hash ? [] : [`b ${quoteWord(path)} ${words(before)}`];
        return [`rm -f ${quoteWord(path)}`];
      }),
      ...one.directories
        .toReversed()
        .flatMap(({ path, before }) =>
          before ? [`d ${quoteWord(path)} ${words(before)}`] : [`rmdir ${quoteWord(path)} 2>/dev/null || :`],
        ),
    ];
    await send(access, one, lock.fence, lines, entries);
  },
  byHand: (one) => [
    `# on ${one.host}`,
    ...one.files.flatMap(({ path, before }) =>
      before
        ? [`cat ${quoteWord(`backup/${before.content.file}`)} > ${quoteWord(path)}`]
        : [`rm ${quoteWord(path)}   # was new`],
    ),
    ...one.secrets.map(({ path, before }) =>
      before
        ? `mv ${quoteWord(besideOf(path, one.tag))} ${quoteWord(path)}`
        : `rm ${quoteWord(path)}   # was new`,
    ),
  ],
});

async function factsOf(
  access: HostAccess,
  step: FilesStep,
  salt: string,
): Promise<{ facts: Map<string, PathFact>; uid: number }> {
  const texts = [...step.files.filter(isText), ...step.remove].map(({ path }) => path);
  const secrets = step.files.filter(isSecret).map(({ path }) => path);
  const folders = [...step.directories.map(({ path }) => path), ...(step.removeEmpty ?? [])];
  const paths = [...folders, ...texts, ...secrets];
  const script = `id -u\n${pathsScript(
    paths,
    texts,
    secrets.map((path) => ({ path, salt })),
  )}`;
  const out = (await mustRun(access, step.title, script)).toString("utf8");
  return { facts: parsePaths(out), uid: Number(out.split("\n")[0]) };
}

async function contentsOf(access: HostAccess, paths: readonly string[]): Promise<Map<string, Buffer>> {
  if (paths.length === 0) return new Map();
  return parseContents(
    await mustRun(access, "what is there now", contentsScript(paths), { maxBytes: 64 * 1024 * 1024 }),
    paths,
  );
}

/** Something of another kind stands where a file or folder has to be. */
function shapeFault(step: FilesStep, facts: ReadonlyMap<string, PathFact>): string | undefined {
  for (const { path } of step.directories) {
    const fact = facts.get(path);
    if (fact && fact.is !== "folder" && fact.is !== "link")
      return `${path} is a ${fact.is}, and has to be a folder`;
  }
  for (const { path } of [...step.files, ...step.remove]) {
    const fact = facts.get(path);
    if (fact && fact.is !== "file") return `${path} is a ${fact.is}, and has to be a plain file`;
  }
  return undefined;
}

/** Folders that were there before keep their owner, unless a component could not work with it. */
function isRight(wanted: Owned, fact: PathFact | undefined, strict: boolean): boolean {
  if (!fact) return false;
  if (!strict || fact.is === "link") return true;
  return isDeepStrictEqual(ownedBy(fact), ownedBy(wanted));
}

function ownedBy({ uid, gid, mode }: Owned): Owned {
  return { uid, gid, mode };
}

function words({ uid, gid, mode }: Owned): string {
  return `${uid}:${gid} ${mode.toString(8)}`;
}

function besideOf(path: string, tag: string): string {
  const at = path.lastIndexOf("/") + 1;
  return `${path.slice(0, at)}.${path.slice(at)}.before-${tag}`;
}

/** d folder, f file, x away, k secret, b secret back. Exit codes as in host-file.ts. */
const functions = (tag: string): string => `wm_sha() { sha256sum < "$1" | cut -c1-64; }
t=.watchmend-${tag}.tmp
d() { [ -d "$1" ] || mkdir -p "$1" || exit 73; chown "$2" "$1" && chmod "$3" "$1" || exit 73; }
put() { rm -f "$2" && cp "$1" "$2" && chown "$4" "$2" && chmod "$5" "$2" && mv -f "$2" "$3" || exit 73; }
now() { if [ -e "$1" ]; then wm_sha "$1"; else echo absent; fi; }
f() {
  [ "$(wm_sha "$1")" = "$6" ] || exit 71
  case "$(now "$2")" in "$5"|"$6") ;; *) echo "$2 was changed by somebody at this moment" >&2; exit 72;; esac
  put "$1" "\${2%/*}/$t" "$2" "$3" "$4"; touched="$touched $2"
}
x() { case "$(now "$1")" in absent) rm -f "\${1%/*}/$t";; "$2") rm -f "$1";; *) echo "$1 was changed by somebody" >&2; exit 72;; esac; }
k() {
  b="\${2%/*}/.\${2##*/}.before-${tag}"
  for old in "\${2%/*}/.\${2##*/}".before-*; do [ "$old" = "$b" ] || rm -f "$old"; done
  [ ! -e "$2" ] || [ -e "$b" ] || cp -p "$2" "$b" || exit 73
  put "$1" "\${2%/*}/$t" "$2" "$3" "$4"
}
b() {
  b="\${1%/*}/.\${1##*/}.before-${tag}"
  [ -e "$b" ] || { echo "the secret that was in $1 before is not beside it any more" >&2; exit 72; }
  chown "$2" "$b" && chmod "$3" "$b" && mv -f "$b" "$1" || exit 73
}
`;

/** The script travels with the contents, so that no limit of a command line applies. */
async function send(
  access: HostAccess,
  one: Image,
  fence: string,
  lines: readonly string[],
  entries: ReadonlyMap<string, Buffer>,
): Promise<void> {
  const script = `umask 022\ntouched=\n${functions(one.tag)}${lines.join("\n")}\nsync 2>/dev/null $touched || sync\n`;
  const archive = tarOf([["act.sh", Buffer.from(script)], ...entries]);
  const bootstrap = `umask 077
s=$(mktemp -d) || exit 71
cd "$s" && tar -xf - || { rm -rf "$s"; exit 71; }
${fence}sh ./act.sh; c=$?
cd / && rm -rf "$s"
exit $c`;
  await finish(access, one.host, await runScript(access, bootstrap, { stdin: archive, timeoutMs: 120_000 }));
}

async function stateOf(access: HostAccess, one: Image): Promise<Map<string, PathFact>> {
  const files = one.files.map(({ path }) => path);
  const secrets = one.secrets.map(({ path, salt }) => ({ path, salt }));
  const paths = [...one.directories.map(({ path }) => path), ...files, ...secrets.map(({ path }) => path)];
  return parsePaths((await mustRun(access, one.host, pathsScript(paths, files, secrets))).toString("utf8"));
}

type Side = "before" | "after" | "both" | "neither";

function standing(one: Image, now: ReadonlyMap<string, PathFact>): Standing {
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
