// Taking a stack away from a host: its containers, the files that are still as they were written, and nothing of anybody else. Pure.

import { type ContainerChange, type FileChange, type HostPlan, phases } from "../../model/deployment.ts";
import { type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { textOf, valueAt } from "../../model/json-value.ts";
import type { Step } from "../../model/plan.ts";
import { sha256 } from "../backup.ts";
import { unknownOf } from "./compare-host.ts";
import { nameOf } from "./container-name.ts";
import { recordPath } from "./host-part.ts";
import { engineOf, type Observed } from "./observe.ts";

export interface DestroyWish {
  readonly stack: string;
  readonly directory: string;
  readonly desired: DesiredHost;
  readonly observed: Observed;
  /** Where data is put aside; without it data stays. */
  readonly aside?: string;
  /** It has left the model, which says nothing of it any more: what is known of it is what lies there. */
  readonly left?: true;
}

/** Files whose text is needed: it goes into the backup, and only what is still ours is taken away. */
export function ownedPaths({ desired, observed, directory }: DestroyWish): readonly string[] {
  const recorded = phases.flatMap((phase) => Object.keys(observed.records[phase]?.files ?? {}));
  const records = phases.map((phase) => recordPath(directory, phase));
  return [...new Set([...recorded, ...records, ...secretPaths({ desired, observed })])].sort();
}

function secretPaths({ desired, observed }: Pick<DestroyWish, "desired" | "observed">): readonly string[] {
  const recorded = phases.flatMap((phase) => observed.records[phase]?.secrets ?? []);
  return [...desired.secrets.map(({ path }) => path), ...recorded];
}

export function destroyHost(wish: DestroyWish): HostPlan {
  const { desired, observed, directory } = wish;
  const host = desired.name;
  const recorded = new Map(phases.flatMap((phase) => Object.entries(observed.records[phase]?.files ?? {})));
  const files: FileChange[] = [];
  const remove: { path: string; sha256?: string }[] = [];
  const notes: string[] = [];
  const secrets = new Set(secretPaths(wish));
  for (const path of ownedPaths(wish)) {
    const text = observed.contents.get(path);
    if (text === undefined) continue;
    const hash = sha256(Buffer.from(text));
    const wrote = recorded.get(path);
    if (wrote !== undefined && wrote !== hash) {
      notes.push(`${path} was changed by somebody: it is left there`);
      continue;
    }
    files.push({ path, change: "remove", ...(secrets.has(path) ? { secret: true as const } : {}) });
    remove.push(secrets.has(path) ? { path } : { path, sha256: hash });
  }
  const containers = ours(wish);
  const moves = dataMoves(wish);
  const folders = wish.left
    ? foldersOf(
        remove.map(({ path }) => path),
        directory,
      )
    : desired.directories
        .filter(({ holds, path }) => holds !== "state" && path.startsWith(directory))
        .map(({ path }) => path);
  const filesStep: readonly Step[] =
    remove.length === 0
      ? []
      : [
          {
            do: "put-files",
            title: `take away the files of the stack on ${host}`,
            host,
            directories: [],
            files: [],
            remove,
            removeEmpty: folders,
          },
        ];
  const steps = [...containers.map(({ step }) => step), ...moves, ...filesStep];
  const kept = desired.directories.filter(({ holds, path }) => holds === "state" && observed.facts.has(path));
  return {
    host,
    ...(wish.left ? { left: true as const } : {}),
    state: steps.length === 0 ? "none" : observed.isRoot ? "changes" : "refused",
    ...(observed.isRoot || steps.length === 0
      ? {}
      : {
          because: "files of other users lie there, which needs root",
          remedy: "log in as root, or allow sudo without a password",
        }),
    directories: [],
    files,
    containers: containers.map(({ change }) => change),
    notes: [
      ...notes,
      ...(wish.left && steps.length > 0 ? [`data below ${directory}/data stays`] : []),
      ...(wish.aside === undefined
        ? kept.map(({ path }) => `${path} holds data and stays`)
        : moves.map(({ title }) => title)),
    ],
    ...unknownOf(observed),
    steps: wish.left ? { agents: steps, servers: [] } : { agents: [], servers: steps },
    fingerprints: wish.left ? printsOf(wish, containers, remove) : {},
    pulls: [],
  };
}

/** All that hold something of it, up to the stack's own folder; only those that are empty by then are taken away. */
function foldersOf(paths: readonly string[], directory: string): readonly string[] {
  const found = new Set<string>();
  for (const path of paths)
    for (
      let at = path.slice(0, path.lastIndexOf("/"));
      at === directory || at.startsWith(`${directory}/`);
      at = at.slice(0, at.lastIndexOf("/"))
    )
      found.add(at);
  return [...found].sort();
}

function printsOf(
  { desired: { name }, observed }: DestroyWish,
  containers: ReturnType<typeof ours>,
  remove: readonly { readonly path: string; readonly sha256?: string }[],
): Record<string, string> {
  const ids = new Map(observed.containers.map((one) => [nameOf(one), String(one.Id)]));
  return Object.fromEntries([
    ...containers.map(({ change }) => [
      `${name}: container ${change.name}`,
      ids.get(change.name) ?? "absent",
    ]),
    ...remove.flatMap(({ path, sha256: hash }) => (hash === undefined ? [] : [[`${name}:${path}`, hash]])),
  ]) as Record<string, string>;
}

function ours({
  stack,
  desired,
  observed,
  left,
}: DestroyWish): readonly { readonly change: ContainerChange; readonly step: Step }[] {
  return observed.containers
    .filter((one) => {
      const labels = valueAt(one, "Config", "Labels");
      return (
        textOf(valueAt(labels, ownerLabels.owner)) === "watchmend" &&
        textOf(valueAt(labels, ownerLabels.stack)) === stack &&
        !/\.(?:before|new)-[0-9a-f]{8}$/.test(nameOf(one))
      );
    })
    .map((one) => ({
      change: {
        name: nameOf(one),
        component: textOf(valueAt(one, "Config", "Labels", ownerLabels.component)) ?? "",
        change: "remove",
        fields: [],
        because: left ? "its host has left the model" : "the stack is taken away",
        risk: "disruptive",
      },
      step: {
        do: "put-container",
        title: `take away container ${nameOf(one)} on ${desired.name}`,
        host: desired.name,
        engine: engineOf(desired),
        name: nameOf(one),
      },
    }));
}

/** Only data below the stack's own folder: what was there before the stack is not its to move. */
function dataMoves({
  desired,
  observed,
  directory,
  aside,
}: DestroyWish): readonly Extract<Step, { do: "move-folder" }>[] {
  if (aside === undefined) return [];
  return desired.directories
    .filter(
      ({ holds, path }) =>
        holds === "state" &&
        path.startsWith(`${directory}/data/`) &&
        observed.facts.get(path)?.is === "folder",
    )
    .map(({ path }) => ({
      do: "move-folder",
      title: `${path} is put aside as ${aside}/${path.slice(path.lastIndexOf("/") + 1)}`,
      host: desired.name,
      from: path,
      to: `${aside}/${path.slice(path.lastIndexOf("/") + 1)}`,
    }));
}
