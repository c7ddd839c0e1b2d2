// put-files: folders and files of a deployment on one host, changed in one command, each file by rename, all with the way back.
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Owned } from "../../../model/desired.ts";
import type { PutFile, Step } from "../../../model/plan.ts";
import { quoteWord } from "../../../model/quote.ts";
import type { SecretRef } from "../../../model/secret-ref.ts";
import { sha256 } from "../../backup.ts";
import { salted } from "../../salted.ts";
import { secretValue } from "../../secret-value.ts";
import type { BackupStore } from "../backup-store.ts";
import { denyTextChange } from "../deny-text.ts";
import { type HostAccess, hostFor, mustRun } from "../doors.ts";
import { contentsScript, type PathFact, parseContents, parsePaths, pathsScript } from "../host-paths.ts";
import { defineKind } from "../step-kind.ts";
import { accessTo, reach } from "./file-text.ts";
import { type Image, image, ownedBy } from "./files-image.ts";
import { besideOf, send } from "./files-script.ts";
import { standing, stateOf } from "./files-standing.ts";
import { noWayTo } from "./text.ts";

type FilesStep = Extract<Step, { readonly do: "put-files" }>;

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

function words({ uid, gid, mode }: Owned): string {
  return `${uid}:${gid} ${mode.toString(8)}`;
}
