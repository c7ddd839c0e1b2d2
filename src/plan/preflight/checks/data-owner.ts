// Folders that components write into: who owns what is there already, by the arithmetic of POSIX and not by hope.
import type { DesiredDirectory } from "../../../model/desired.ts";
import type { FileEntry } from "../../../model/host.ts";
import type { HostInput, PreflightCheck, PreflightDraft } from "../../../model/preflight.ts";
import { quoteWord, quoteWords } from "../../../model/quote.ts";
import { ofHost, proofAt, sshTo } from "../answers.ts";

export const check: PreflightCheck = {
  id: "data-owner",
  proves: "components can write where their data lies",
  asks: (_host, wanted) => {
    const paths = [...new Set(stateOf(wanted.directories).flatMap(({ path }) => withParents(path)))].sort();
    const states = stateOf(wanted.directories).map(({ path }) => path);
    if (paths.length === 0) return [];
    return [
      {
        id: "data-folders",
        text: `{asroot} stat -L -c '%u:%g %a %F %i %n' ${quoteWords(paths)}`,
        why: "owner and mode of the folders that components write into",
        failureSpeaks: true,
        isEvidence: true,
        optional: true,
      },
      {
        id: "data-content",
        text: `{asroot} find ${quoteWords(states)} -maxdepth 2`,
        run: `for d in ${quoteWords(states)}; do if [ -d "$d" ] || {asroot}test -d "$d"; then {asroot}find "$d" -mindepth 1 -maxdepth 2 -printf '%U:%G %p\\n' 2>/dev/null | head -n 200; fi; done`,
        why: "whether something lies in them already, and whose it is",
        optional: true,
      },
    ];
  },
  judge: (input) => stateOf(input.wanted.directories).flatMap((directory) => one(input, directory)),
};

function stateOf(directories: readonly DesiredDirectory[]): readonly DesiredDirectory[] {
  return directories.filter(({ holds }) => holds === "state");
}

function one(input: HostInput, { path, uid, gid }: DesiredDirectory): readonly PreflightDraft[] {
  const { host, sight, facts } = input;
  const read = sight.answers.get("data-folders");
  if (read === undefined || !("text" in read))
    return [
      {
        host: host.name,
        state: "unknown",
        says: `whose ${path} of ${host.name} is, is not known: ${read?.detail ?? "stat is missing there"}`,
        next: `${sshTo(host)} ${quoteWord(`sudo stat ${quoteWord(path)}`)}`,
      },
    ];
  const entries = ofHost(facts["host.files"], host).filter((entry) => !entry.missing);
  const blocked = withParents(path)
    .map((parent) => entries.find((entry) => entry.path === parent))
    .find((entry) => entry?.type !== undefined && entry.type !== "directory");
  if (blocked)
    return [
      {
        host: host.name,
        state: "stop",
        says: `${blocked.path} of ${host.name} is no folder, and ${path} must lie in it`,
        proof: proofAt(blocked.at, `${blocked.type} ${blocked.path}`),
        next: `${sshTo(host)} ${quoteWord(`ls -ld ${blocked.path}`)}   # or choose another directory: in the model`,
      },
    ];
  const entry = entries.find((found) => found.path === path);
  if (entry === undefined)
    return [
      {
        host: host.name,
        state: "ok",
        says: `${path} of ${host.name} is not there yet, and will belong to ${uid}:${gid}`,
      },
    ];
  return [existing(input, entry, uid, gid)];
}

function existing({ host, sight }: HostInput, entry: FileEntry, uid: number, gid: number): PreflightDraft {
  const { path } = entry;
  const owner = `${entry.uid}:${entry.gid}`;
  const proof = proofAt(entry.at, `${owner} ${entry.mode?.toString(8) ?? ""} ${path}`);
  const foreign = foreignBelow(sight.answers.get("data-content"), path, uid);
  const next = `${sshTo(host)} ${quoteWord(`sudo chown ${uid}:${gid} ${foreign ?? path}`)}   # look first whose it is: sudo ls -lan ${path}`;
  if (foreign !== undefined && uid !== 0)
    return {
      host: host.name,
      state: "stop",
      says: `${foreign} of ${host.name} does not belong to ${uid}, who has to write it; what is not ours is not re-owned`,
      proof,
      next,
    };
  if (entry.uid === uid || uid === 0)
    return {
      host: host.name,
      state: "ok",
      says: `${path} of ${host.name} belongs to ${owner}, as it has to`,
      proof,
    };
  if (isWritable(entry, uid, gid))
    return {
      host: host.name,
      state: "ok",
      says: `${path} of ${host.name} belongs to ${owner}, and ${uid}:${gid} may write there`,
      proof,
    };
  return {
    host: host.name,
    state: "warn",
    says: `${path} of ${host.name} is empty and belongs to ${owner}; it will be given to ${uid}:${gid}, and to nothing below it`,
    proof,
    next,
  };
}

/** The first of these classes that fits decides, whatever the others allow. */
function isWritable({ uid, gid, mode }: FileEntry, user: number, group: number): boolean {
  if (mode === undefined) return false;
  if (uid === user) return (mode & 0o300) === 0o300;
  return gid === group ? (mode & 0o030) === 0o030 : (mode & 0o003) === 0o003;
}

function foreignBelow(
  answer: ReturnType<HostInput["sight"]["answers"]["get"]>,
  path: string,
  uid: number,
): string | undefined {
  if (answer === undefined || !("text" in answer)) return undefined;
  for (const line of answer.text.split("\n")) {
    const match = /^(\d+):(\d+) (\/.*)$/.exec(line);
    // ext4 makes lost+found by itself, and nobody writes there
    if (!match?.[3]?.startsWith(`${path}/`) || match[3].endsWith("/lost+found")) continue;
    if (Number(match[1]) !== uid) return match[3];
  }
  return undefined;
}

function withParents(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "");
  return parts.map((_, i) => `/${parts.slice(0, i + 1).join("/")}`);
}
