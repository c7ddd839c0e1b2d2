// The judgement behind "permission denied" on a data directory, shared by the rules of all components that keep data.
import type { Facts } from "../model/facts.ts";
import type { FindingDraft, ProofDraft, Rival } from "../model/finding.ts";
import type { DocumentEdit, Step } from "../model/plan.ts";
import type { Component } from "../model/stack.ts";
import { type DataDirectory, dataDirectoryOf } from "../stack/data-directory.ts";
import { type AccessVerdict, mayWrite } from "../stack/write-access.ts";
import type { Confirmation } from "./text-rule.ts";

type Needed = Pick<Facts, "kubernetes.claims" | "kubernetes.volumes" | "host.files" | "ansible.files">;

export interface DirectoryJudgement {
  readonly directory: DataDirectory;
  readonly access: AccessVerdict | undefined;
}

export function judgeDirectory(component: Component, path: string, facts: Needed): DirectoryJudgement {
  const directory = dataDirectoryOf(component, path, facts);
  const { uid, gid, groups, ownership } = directory;
  if (uid === undefined || ownership === undefined || ownership.uid === undefined)
    return { directory, access: undefined };
  const access = mayWrite(
    { uid, ...(gid === undefined ? {} : { gid }), groups },
    {
      uid: ownership.uid,
      ...(ownership.gid === undefined ? {} : { gid: ownership.gid }),
      mode: ownership.mode ?? 0o755,
    },
  );
  return { directory, access };
}

/** What the owner, mode and user say about a refused write. */
export function confirmNotWritable(
  component: Component | undefined,
  path: string,
  facts: Needed,
): Confirmation {
  if (!component) return {};
  const { directory, access } = judgeDirectory(component, path, facts);
  const { ownership, takenBy, earlierOwnership, uid } = directory;
  const proof: ProofDraft[] = [];
  if (ownership) proof.push(ownership.at);
  if (takenBy) proof.push(takenBy.at);
  if (earlierOwnership) proof.push(earlierOwnership.at);
  if (directory.volumeAt) proof.push(directory.volumeAt);
  const where = directory.hostPath ?? path;
  const inside = ownership ? undefined : foreignInside(path, directory, facts);
  if (inside) return inside;
  if (!ownership || !access) return { proof, rivals: runAsGroupRival(directory) };
  if (access.allowed !== false) return { proof, rivals: runAsGroupRival(directory) };
  const owner = `${ownership.uid}:${ownership.gid ?? "?"}`;
  const fight = earlierOwnership
    ? `; another task gives it to ${earlierOwnership.uid}, so two playbooks fight over it`
    : "";
  const by = ownership.by === "playbook" ? "is set to" : "is owned by";
  return {
    holds: true,
    says: `${where} ${by} ${owner}${modeText(ownership.mode)}, and the process runs as uid ${uid}: it is not writable for it${fight}`,
    proof,
    rivals: runAsGroupRival(directory),
    certainty: ownership.by === "observed" ? "proven" : "likely",
  };
}

/** The directory itself was not looked at, but what is in it belongs to the user of an earlier run. */
function foreignInside(path: string, directory: DataDirectory, facts: Needed): Confirmation | undefined {
  const { uid, gid, groups } = directory;
  if (uid === undefined) return undefined;
  const below = `${path.replace(/\/$/, "")}/`;
  const foreign = facts["host.files"].find((file) => {
    if (!file.path.startsWith(below) || file.uid === undefined) return false;
    const process = { uid, ...(gid === undefined ? {} : { gid }), groups };
    const owner = {
      uid: file.uid,
      ...(file.gid === undefined ? {} : { gid: file.gid }),
      mode: file.mode ?? 0o755,
    };
    return mayWrite(process, owner).allowed === false;
  });
  if (!foreign) return undefined;
  return {
    holds: true,
    says: `${foreign.path} belongs to ${foreign.uid}:${foreign.gid ?? "?"}${modeText(foreign.mode)}, left by an earlier run, and the process runs as uid ${uid} now: give the whole directory to it, or run as ${foreign.uid} again`,
    proof: [foreign.at],
    rivals: runAsGroupRival(directory),
    certainty: "proven",
  };
}

function modeText(mode: number | undefined): string {
  return mode === undefined ? "" : ` mode ${mode.toString(8).padStart(4, "0")}`;
}

/** Folklore: "runAsGroup is missing". The owner class is looked at first, so a group cannot be what is missing. */
function runAsGroupRival({ ownership, uid, gid, volumeType }: DataDirectory): Rival[] {
  if (gid !== undefined) return [];
  const rule = "runasgroup-missing";
  const stat = { decideWith: "stat -c '%u:%g %a' DIRECTORY   # on the node" };
  if (!ownership) {
    return [
      {
        rule,
        state: "untestable",
        because:
          "POSIX looks at the owner first: a group only matters when the owner is another user and the group bits allow writing",
        ...stat,
      },
    ];
  }
  const groupCanWrite = ((ownership.mode ?? 0o755) & 0o020) !== 0;
  if (groupCanWrite && ownership.uid !== uid)
    return [{ rule, state: "possible", because: "the group bits allow writing", ...stat }];
  const fs = volumeType === "hostPath" ? ", and fsGroup is not applied to hostPath volumes" : "";
  return [
    {
      rule,
      state: "refuted",
      because: `POSIX looks at the owner first; mode ${(ownership.mode ?? 0o755).toString(8)} gives no group the right to write${fs}`,
    },
  ];
}

interface GivenBack {
  readonly uid: number;
  readonly hostPath: string;
  readonly host: { readonly host?: string };
  /** Who took the directory with `chown -R` took what lies in it, too. */
  readonly below: { readonly below?: { readonly names: readonly string[]; readonly uid: number } };
}

/** What the components keep directly in their data directory; whatever else lies there is not theirs. */
const contents: Readonly<Partial<Record<Component["kind"], readonly string[]>>> = {
  // tsdb/db.go, tsdb/head.go, promql/query_logger.go: blocks are named by ULIDs, which start with 01 until the year 2039.
  prometheus: ["wal", "wbl", "chunks_head", "queries.active", "lock", "01*"],
  // The folders of pkg/loki/config_wrapper.go below path_prefix, and those of the shippers.
  loki: [
    ...["chunks", "index*", "cache", "wal", "compactor", "rules", "rules-temp", "retention"],
    ...["boltdb-*", "tsdb-*", "ruler-wal", "loki_cluster_seed.json"],
  ],
  // pkg/setting/setting.go: what lies below [paths] data.
  grafana: ["grafana.db*", "plugins", "png", "csv", "pdf", "alerting", "file-collections", "unified-search"],
};

/** Steps that give exactly this directory back to the process, and bring the init containers to run again. */
export function giveBack(
  finding: FindingDraft,
  component: Component | undefined,
  path: string,
  facts: Needed,
): GivenBack | undefined {
  if (!component) return undefined;
  const { directory } = judgeDirectory(component, path, facts);
  if (directory.uid === undefined || !directory.hostPath || finding.certainty === "possible")
    return undefined;
  const host = component.pods[0]?.node ?? component.host;
  const { ownership } = directory;
  const names = contents[component.kind];
  return {
    uid: directory.uid,
    hostPath: directory.hostPath,
    host: host === undefined ? {} : { host },
    below:
      names && ownership?.by === "observed" && ownership.uid !== undefined && ownership.uid !== directory.uid
        ? { below: { names, uid: ownership.uid } }
        : {},
  };
}

/** The start that follows: a pod is made anew by what it belongs to, a container is started where it is. */
export function startAgain(component: Component, title: string): Step {
  const pod = component.pods[0];
  const host = component.host === undefined ? {} : { host: component.host };
  return {
    do: "restart",
    title,
    what: pod
      ? { kind: "pod", name: pod.name, ...(pod.namespace ? { namespace: pod.namespace } : {}) }
      : { kind: "container", name: component.docker?.name ?? component.name, ...host },
  };
}

/** Edits of the playbook tasks that give the directory to somebody else: otherwise their next run takes it away again. */
export function handOver(hostPath: string, uid: number, facts: Pick<Facts, "ansible.files">): Step[] {
  return facts["ansible.files"].flatMap((task): Step[] => {
    const { argumentsPath, owner, group } = task;
    if (task.path !== hostPath || !argumentsPath || owner === undefined || owner === String(uid)) return [];
    const own = (key: string, expect: string): DocumentEdit => ({
      op: "replace",
      path: [...argumentsPath, key],
      value: String(uid),
      expect,
    });
    return [
      {
        do: "edit-document",
        title: `Let ${task.name ? `the task "${task.name}"` : "the task"} leave ${hostPath} to uid ${uid}`,
        file: task.at,
        edits: [own("owner", owner), ...(group === undefined ? [] : [own("group", group)])],
      },
    ];
  });
}
