// Desired minus observed for one host: what changes, what restarts because of it, and the steps that do it. Pure.

import type { ContainerChange, FileChange, HostPlan, HostRecord, Phase } from "../../model/deployment.ts";
import { phases } from "../../model/deployment.ts";
import type { DesiredFile, DesiredHost } from "../../model/desired.ts";
import type { PutFile, Step } from "../../model/plan.ts";
import { sha256 } from "../backup.ts";
import { backupNote, backupSteps } from "./backup-steps.ts";
import { checkSteps } from "./check-steps.ts";
import { containerChange, foreign, inOrder, sharedData } from "./compare-containers.ts";
import { fileChange, goneFiles, ownerNote, secretChange } from "./compare-files.ts";
import { type CompareWish, wantedImages } from "./compare-wish.ts";
import { fingerprints } from "./fingerprints.ts";
import { isEmpty, leftMembers, partOf, recordOf, recordPath, recordText } from "./host-part.ts";
import { recordNote } from "./record-note.ts";
import { removal, removeStep, surplusContainers } from "./surplus-containers.ts";

interface PartPlan {
  readonly files: readonly FileChange[];
  readonly containers: readonly ContainerChange[];
  readonly directories: readonly string[];
  readonly notes: readonly string[];
  readonly refusals: readonly string[];
  readonly steps: readonly Step[];
}

export function compareHost(wish: CompareWish): HostPlan {
  const { desired, observed } = wish;
  const parts = Object.fromEntries(phases.map((phase) => [phase, comparePart(wish, phase)])) as Record<
    Phase,
    PartPlan
  >;
  const all = phases.map((phase) => parts[phase]);
  const surplus = surplusContainers(wish);
  const refusals = [
    ...observed.sharedWith.map(
      (other) =>
        `${wish.directory} holds the stack ${other}: take that away first (watchmend destroy with its model), or give this one another directory`,
    ),
    ...all.flatMap((part) => part.refusals),
  ];
  const containers = [
    ...all.flatMap((part) => part.containers),
    ...surplus.map((one) => removal(desired, one)),
  ];
  const files = all.flatMap((part) => part.files);
  const steps = {
    agents: [...surplus.map((one) => removeStep(desired, one)), ...parts.agents.steps],
    servers: parts.servers.steps,
  };
  const count = steps.agents.length + steps.servers.length;
  const needsRoot = count > 0 && !observed.isRoot;
  const because = needsRoot
    ? "files of other users are written there, which needs root"
    : refusals.length > 0
      ? refusals.join("; ")
      : undefined;
  return {
    host: desired.name,
    state: because !== undefined ? "refused" : count === 0 ? "none" : "changes",
    ...(because === undefined ? {} : { because }),
    ...(needsRoot ? { remedy: "log in as root, or allow sudo without a password" } : {}),
    directories: [...new Set(all.flatMap((part) => part.directories))],
    files,
    containers,
    notes: [...(count > 0 ? desired.notes : []), ...all.flatMap((part) => part.notes)],
    ...unknownOf(observed),
    steps,
    fingerprints: fingerprints(wish, files, containers),
    pulls: wantedImages(wish).filter((image) => !observed.images.has(image)),
  };
}

/** Shared with what takes a stack away: both can only remove what is known to be ours. */
export function unknownOf({ damaged }: CompareWish["observed"]): Pick<HostPlan, "unknown"> {
  const says = Object.entries(damaged).map(
    ([path, because]) =>
      `the record of the last apply, ${path}, cannot be read (${because}): which other files were put there once is not known, and none of them is removed`,
  );
  return says.length === 0 ? {} : { unknown: says };
}

function comparePart(wish: CompareWish, phase: Phase): PartPlan {
  const part = partOf(wish.desired, phase);
  const { observed, directory, stack } = wish;
  const record = observed.records[phase];
  if (isEmpty(part) && !record)
    return { files: [], containers: [], directories: [], notes: [], refusals: [], steps: [] };
  const left = stillLeft(part, record, wish.dropped);
  const wanted = recordOf(stack, part, left);
  const text = recordText(wanted);
  const own: DesiredFile = {
    path: recordPath(directory, phase),
    content: text,
    uid: 0,
    gid: 0,
    mode: 0o644,
    change: "none",
  };
  const gone = goneFiles(wish, part, record);
  const files = [
    ...part.files.flatMap((file) => fileChange(file, wish)),
    ...part.secrets.flatMap((secret) => secretChange(secret, wish)),
    ...gone.changes,
  ];
  const directories = part.directories.filter(({ path, holds, uid, gid, mode }) => {
    const fact = observed.facts.get(path);
    return (
      !fact ||
      (holds !== "config" &&
        fact.is === "folder" &&
        !(fact.uid === uid && fact.gid === gid && fact.mode === mode))
    );
  });
  const containers = inOrder(part.containers).flatMap((spec) =>
    containerChange(spec, part, files, wish, record),
  );
  const recordStands = observed.facts.get(own.path)?.sha256 === sha256(Buffer.from(text));
  const backups = backupSteps(wish, part, containers);
  const notes = [
    ...gone.notes,
    ...backups.map(backupNote),
    ...leftNotes(left),
    ...directories.flatMap((one) => ownerNote(one, observed.facts.get(one.path))),
  ];
  const changed = files.filter(({ change }) => change !== "keep");
  const onlyRecord = !recordStands && directories.length + changed.length + containers.length === 0;
  return {
    files: changed,
    containers: containers.map(({ change }) => change),
    directories: directories.map(({ path }) => path),
    notes: onlyRecord
      ? [...notes, recordNote(record, wanted, { isThere: observed.facts.has(own.path) })]
      : notes,
    refusals: [
      ...refusalsOf(part, wish),
      ...part.containers.flatMap((spec) => [...foreign(spec, wish), ...sharedData(spec, wish)]),
    ],
    steps: [
      ...checkSteps(wish, part, files, containers),
      ...filesStep(wish, part, phase, gone.remove, directories.length + changed.length > 0),
      ...backups,
      ...containers.map(({ step }) => step),
      ...(recordStands ? [] : [recordStep(wish, phase, own)]),
    ],
  };
}

type Members = ReturnType<typeof leftMembers>;

function stillLeft(
  part: DesiredHost,
  record: HostRecord | undefined,
  dropped: CompareWish["dropped"],
): Members {
  return Object.fromEntries(
    Object.entries(leftMembers(part, record)).filter(([name]) => !dropped?.has(name)),
  );
}

/** A host that is deleted from the model is not looked at any more: nobody else says that its agents go on. */
function leftNotes(left: Members): readonly string[] {
  return Object.entries(left).map(
    ([name, { address }]) =>
      `${name} (${address}) is not in the model any more, and what was put there goes on: watchmend apply --prune takes it away; if the machine is gone, watchmend apply --forget ${name}`,
  );
}

function filesStep(
  { desired }: CompareWish,
  part: DesiredHost,
  phase: Phase,
  remove: readonly { readonly path: string; readonly sha256?: string }[],
  isNeeded: boolean,
): readonly Step[] {
  if (!isNeeded) return [];
  const texts = part.files.map(
    ({ path, content, uid, gid, mode }): PutFile => ({ path, content, uid, gid, mode }),
  );
  const secrets = part.secrets.map(
    ({ path, from, uid, gid, mode }): PutFile => ({ path, secret: from, uid, gid, mode }),
  );
  return [
    {
      do: "put-files",
      title: `configuration of the ${phase} on ${desired.name}`,
      host: desired.name,
      directories: part.directories,
      files: [...texts, ...secrets],
      remove,
    },
  ];
}

function recordStep(
  { desired, directory }: CompareWish,
  phase: Phase,
  { path, content, uid, gid, mode }: DesiredFile,
): Step {
  return {
    do: "put-files",
    title: `record of the ${phase} on ${desired.name}`,
    host: desired.name,
    directories: [{ path: `${directory}/.watchmend`, holds: "config", uid: 0, gid: 0, mode: 0o755 }],
    files: [{ path, content, uid, gid, mode }],
    remove: [],
  };
}

function refusalsOf({ secrets, directories, files }: DesiredHost, wish: CompareWish): readonly string[] {
  const missing = secrets.flatMap(({ path }) => {
    const known = wish.secrets.get(path);
    return known && "because" in known ? [known.because] : [];
  });
  const shapes = [
    ...directories.map(({ path }) => [path, "folder"] as const),
    ...files.map(({ path }) => [path, "file"] as const),
  ].flatMap(([path, wanted]) => {
    const is = wish.observed.facts.get(path)?.is;
    return is === undefined || is === wanted || (wanted === "folder" && is === "link")
      ? []
      : [`${path} is a ${is}, and has to be a ${wanted}`];
  });
  return [...new Set([...missing, ...shapes])];
}
