// Desired minus observed for one host: what changes, what restarts because of it, and the steps that do it. Pure.

import type { ContainerChange, FileChange, HostPlan, HostRecord, Phase } from "../../model/deployment.ts";
import { phases } from "../../model/deployment.ts";
import { type ContainerSpec, type DesiredFile, type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { PutFile, Step } from "../../model/plan.ts";
import type { DeployedKind } from "../../model/stack-file.ts";
import { sha256 } from "../backup.ts";
import type { PathFact } from "../transaction/host-paths.ts";
import { hashOf, isRunning } from "../transaction/kinds/put-container.ts";
import { salted } from "../transaction/kinds/put-files.ts";
import { serverOrder } from "./batches.ts";
import { fieldChanges, newFields } from "./container-fields.ts";
import { configHash, isEmpty, partOf, recordOf, recordPath, recordText } from "./host-part.ts";
import { dataAtRisk, gapOf } from "./impact.ts";
import { engineOf, type Observed } from "./observe.ts";

export interface CompareWish {
  readonly stack: string;
  readonly directory: string;
  readonly desired: DesiredHost;
  readonly observed: Observed;
  /** Names of containers of others that may be taken over. */
  readonly adopt: ReadonlySet<string>;
  /** By path. What cannot be had is a reason, and blocks. */
  readonly secrets: ReadonlyMap<string, { readonly value: string } | { readonly because: string }>;
  readonly scrapeSeconds: number;
}

interface PartPlan {
  readonly files: readonly FileChange[];
  readonly containers: readonly ContainerChange[];
  readonly directories: readonly string[];
  readonly notes: readonly string[];
  readonly refusals: readonly string[];
  readonly steps: readonly Step[];
}

/** Files whose text has to be read to show and to plan the change. */
export function changedPaths({ desired, observed: { facts, records } }: CompareWish): readonly string[] {
  const texts = desired.files.filter(({ path, content }) => {
    const hash = facts.get(path)?.sha256;
    return hash !== undefined && hash !== sha256(Buffer.from(content));
  });
  const wanted = new Set(desired.files.map(({ path }) => path));
  const gone = phases
    .flatMap((phase) => Object.keys(records[phase]?.files ?? {}))
    .filter((path) => !wanted.has(path));
  return [...new Set([...texts.map(({ path }) => path), ...gone])].sort();
}

/** Images of containers that would be made. */
export function wantedImages({ desired, observed }: CompareWish): readonly string[] {
  const had = new Map(observed.containers.map((one) => [nameOf(one), one]));
  const fresh = desired.containers.filter((spec) => {
    const inspect = had.get(spec.name);
    return !inspect || hashOf(inspect) !== spec.labels[ownerLabels.spec];
  });
  return [...new Set(fresh.map(({ image }) => image))].sort();
}

export function compareHost(wish: CompareWish): HostPlan {
  const { desired, observed } = wish;
  const parts = Object.fromEntries(phases.map((phase) => [phase, comparePart(wish, phase)])) as Record<
    Phase,
    PartPlan
  >;
  const all = phases.map((phase) => parts[phase]);
  const surplus = surplusContainers(wish);
  const refusals = all.flatMap((part) => part.refusals);
  const containers = [...all.flatMap((part) => part.containers), ...surplus.map(removal)];
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
    notes: all.flatMap((part) => part.notes),
    steps,
    fingerprints: fingerprints(wish, files, containers),
    pulls: wantedImages(wish).filter((image) => !observed.images.has(image)),
  };
}

function comparePart(wish: CompareWish, phase: Phase): PartPlan {
  const part = partOf(wish.desired, phase);
  const { observed, directory, stack } = wish;
  const record = observed.records[phase];
  if (isEmpty(part) && !record)
    return { files: [], containers: [], directories: [], notes: [], refusals: [], steps: [] };
  const text = recordText(recordOf(stack, part));
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
  const notes = [
    ...gone.notes,
    ...directories.flatMap((one) => ownerNote(one, observed.facts.get(one.path))),
  ];
  return {
    files: files.filter(({ change }) => change !== "keep"),
    containers: containers.map(({ change }) => change),
    directories: directories.map(({ path }) => path),
    notes,
    refusals: [...refusalsOf(part, wish), ...part.containers.flatMap((spec) => foreign(spec, wish))],
    steps: [
      ...filesStep(
        wish,
        part,
        phase,
        gone.remove,
        directories.length + files.filter(({ change }) => change !== "keep").length > 0,
      ),
      ...containers.map(({ step }) => step),
      ...(recordStands ? [] : [recordStep(wish, phase, own)]),
    ],
  };
}

/** Who is asked or sent to starts before who asks. */
function inOrder(containers: readonly ContainerSpec[]): readonly ContainerSpec[] {
  return containers.toSorted((a, b) => serverOrder.indexOf(a.component) - serverOrder.indexOf(b.component));
}

function filesStep(
  { desired }: CompareWish,
  part: DesiredHost,
  phase: Phase,
  remove: readonly { readonly path: string; readonly sha256: string }[],
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

function fileChange(file: DesiredFile, { observed }: CompareWish): readonly FileChange[] {
  const { path, content, readBy } = file;
  const fact = observed.facts.get(path);
  const base = { path, ...(readBy ? { readBy } : {}) };
  if (!fact) return [{ ...base, change: "create", after: content }];
  if (fact.sha256 !== sha256(Buffer.from(content)))
    return [{ ...base, change: "update", before: observed.contents.get(path) ?? "", after: content }];
  return ownerFits(file, fact) ? [] : [{ ...base, change: "owner", note: ownerWords(fact, file) }];
}

function secretChange(
  secret: DesiredHost["secrets"][number],
  { observed, secrets }: CompareWish,
): readonly FileChange[] {
  const { path, readBy } = secret;
  const fact = observed.facts.get(path);
  const known = secrets.get(path);
  const base = { path, readBy, secret: true as const };
  if (!fact) return [{ ...base, change: "create" }];
  if (known && "value" in known && fact.sha256 !== salted(observed.salt, known.value))
    return [{ ...base, change: "update" }];
  return ownerFits(secret, fact) ? [] : [{ ...base, change: "owner", note: ownerWords(fact, secret) }];
}

type Owner = Pick<PathFact, "uid" | "gid" | "mode">;

function ownerFits(wanted: Owner, fact: Owner): boolean {
  return wanted.uid === fact.uid && wanted.gid === fact.gid && wanted.mode === fact.mode;
}

function ownerWords(from: Owner, to: Owner): string {
  const words = ({ uid, gid, mode }: Owner): string => `${uid}:${gid} ${mode.toString(8).padStart(4, "0")}`;
  return `${words(from)} → ${words(to)}`;
}

function ownerNote(wanted: Owner & { readonly path: string }, fact: PathFact | undefined): readonly string[] {
  return fact ? [`${wanted.path}: owner and mode ${ownerWords(fact, wanted)}, of this folder only`] : [];
}

/** What was put there once and is not part of it any more. Changed by somebody: it is theirs now. */
function goneFiles(
  { desired, observed }: CompareWish,
  part: DesiredHost,
  record: HostRecord | undefined,
): { changes: FileChange[]; remove: { path: string; sha256: string }[]; notes: string[] } {
  const wanted = new Set([...desired.files, ...part.files].map(({ path }) => path));
  const changes: FileChange[] = [];
  const remove: { path: string; sha256: string }[] = [];
  const notes: string[] = [];
  for (const [path, wrote] of Object.entries(record?.files ?? {})) {
    const text = observed.contents.get(path);
    if (wanted.has(path) || text === undefined) continue;
    if (sha256(Buffer.from(text)) === wrote) {
      changes.push({ path, change: "remove", before: text });
      remove.push({ path, sha256: wrote });
    } else
      notes.push(`${path} is not part of the stack any more, but somebody has changed it: it is left there`);
  }
  return { changes, remove, notes };
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

function foreign(spec: ContainerSpec, { observed, adopt, stack }: CompareWish): readonly string[] {
  const inspect = observed.containers.find((one) => nameOf(one) === spec.name);
  if (!inspect) return [];
  const labels = valueAt(inspect, "Config", "Labels");
  const owner = textOf(valueAt(labels, ownerLabels.owner));
  const of = textOf(valueAt(labels, ownerLabels.stack));
  if (owner === "watchmend" && of === stack) return [];
  if (owner === "watchmend")
    return [`container ${spec.name} belongs to the stack ${of ?? "of another name"}`];
  if (adopt.has(spec.name)) return [];
  return [
    `there is a container ${spec.name} that watchmend did not make: name it under hosts.${observed.host}.containers.${spec.component} to take it over, or rename it`,
  ];
}

interface PlannedContainer {
  readonly change: ContainerChange;
  readonly step: Step;
}

function containerChange(
  spec: ContainerSpec,
  part: DesiredHost,
  files: readonly FileChange[],
  wish: CompareWish,
  record: HostRecord | undefined,
): readonly PlannedContainer[] {
  const { observed, scrapeSeconds, adopt, desired } = wish;
  const inspect = observed.containers.find((one) => nameOf(one) === spec.name);
  const engine = engineOf(desired);
  const base = { name: spec.name, component: spec.component };
  const host = desired.name;
  const put = (title: string, drifted?: true): Step => ({
    do: "put-container",
    title: `${title} ${spec.name} on ${host}`,
    host,
    engine,
    name: spec.name,
    spec,
    ...(adopt.has(spec.name) ? { adopt: true as const } : {}),
    ...(drifted ? { drifted } : {}),
  });
  if (!inspect)
    return [
      {
        change: {
          ...base,
          change: "create",
          fields: newFields(spec),
          because: "it is not there yet",
          risk: "safe",
        },
        step: put("make container"),
      },
    ];
  const fields = engine === "docker" ? fieldChanges(spec, inspect) : [];
  const isOurs = hashOf(inspect) !== undefined;
  const isSame = hashOf(inspect) === spec.labels[ownerLabels.spec];
  const gap = gapOf(spec.component, scrapeSeconds);
  const atRisk = dataAtRisk(spec, inspect);
  if (!isSame || fields.length > 0) {
    const because = !isOurs
      ? "it is taken over: made anew as the model has it; the one before is kept, stopped"
      : isSame
        ? "somebody has changed it since it was made"
        : "its spec has changed";
    const change: ContainerChange = {
      ...base,
      change: isOurs ? "replace" : "adopt",
      fields,
      because,
      risk: "disruptive",
      gap,
      ...(atRisk === undefined ? {} : { dataAtRisk: atRisk }),
    };
    return [
      { change, step: put(isOurs ? "replace container" : "take over container", isSame ? true : undefined) },
    ];
  }
  if (!isRunning(inspect))
    return [
      {
        change: {
          ...base,
          change: "start",
          fields: [],
          because: `it is ${textOf(valueAt(inspect, "State", "Status")) ?? "stopped"}`,
          risk: "safe",
        },
        step: put("start container", true),
      },
    ];
  return refresh(spec, part, files, wish, record, inspect, gap);
}

/** Nothing about the container changes; what it has read may. */
function refresh(
  spec: ContainerSpec,
  part: DesiredHost,
  files: readonly FileChange[],
  { observed, desired }: CompareWish,
  record: HostRecord | undefined,
  inspect: JsonRecord,
  gap: string,
): readonly PlannedContainer[] {
  const own = part.files.filter(({ readBy }) => readBy === spec.component);
  const touched = new Set(
    files.filter(({ change }) => change === "create" || change === "update").map(({ path }) => path),
  );
  const effects = own.filter(({ path }) => touched.has(path)).map(({ change }) => change);
  // Grafana takes its secrets when it starts; the others read theirs when they use them.
  const secret =
    files.some((one) => one.secret && one.readBy === spec.component && touched.has(one.path)) &&
    spec.component === "grafana";
  const removed = files.some(
    ({ change, path }) => change === "remove" && path.includes(`/${spec.component}/`),
  );
  const isStale = effects.length === 0 && hasNotRead(spec.component, part, own, observed, record, inspect);
  const wants =
    effects.includes("restart") || secret
      ? "restart"
      : effects.includes("reload") || removed || isStale
        ? "reload"
        : undefined;
  if (wants === undefined) return [];
  const how = wants === "restart" || !spec.reload ? "restart" : spec.reload;
  const change = how === "restart" ? "restart" : "reload";
  const because = isStale ? "it has not read the configuration that lies there" : "its configuration changes";
  const { name, component } = spec;
  return [
    {
      change: {
        name,
        component,
        change,
        fields: [],
        because,
        risk: change === "restart" ? "disruptive" : "safe",
        ...(change === "restart" ? { gap } : {}),
      },
      step: {
        do: "refresh-container",
        title: `${change} ${name} on ${desired.name}`,
        host: desired.name,
        engine: engineOf(desired),
        name,
        how,
        ready: spec.ready.url,
      },
    },
  ];
}

/** Its files are newer than it is, and nobody wrote down that it has read them. */
function hasNotRead(
  component: DeployedKind,
  part: DesiredHost,
  own: readonly DesiredFile[],
  observed: Observed,
  record: HostRecord | undefined,
  inspect: JsonRecord,
): boolean {
  if (record?.read[component] === configHash(part, component)) return false;
  const started = Date.parse(textOf(valueAt(inspect, "State", "StartedAt")) ?? "") / 1000;
  if (!Number.isFinite(started)) return false;
  return own.some(
    ({ path, change }) => change !== "none" && (observed.facts.get(path)?.changed ?? 0) > started + 1,
  );
}

function surplusContainers({ desired, observed, stack }: CompareWish): readonly JsonRecord[] {
  const wanted = new Set(desired.containers.map(({ name }) => name));
  return observed.containers.filter((one) => {
    const labels = valueAt(one, "Config", "Labels");
    const isOurs =
      textOf(valueAt(labels, ownerLabels.owner)) === "watchmend" &&
      textOf(valueAt(labels, ownerLabels.stack)) === stack;
    return isOurs && !wanted.has(nameOf(one)) && !/\.(?:before|new)-[0-9a-f]{8}$/.test(nameOf(one));
  });
}

function removal(inspect: JsonRecord): ContainerChange {
  return {
    name: nameOf(inspect),
    component: textOf(valueAt(inspect, "Config", "Labels", ownerLabels.component)) ?? "",
    change: "remove",
    fields: [],
    because: "it is not part of the stack any more",
    risk: "disruptive",
    dataAtRisk: "its data stays where it lies",
  };
}

function removeStep(desired: DesiredHost, inspect: JsonRecord): Step {
  const name = nameOf(inspect);
  return {
    do: "put-container",
    title: `take away container ${name} on ${desired.name}`,
    host: desired.name,
    engine: engineOf(desired),
    name,
  };
}

export function nameOf(inspect: JsonRecord): string {
  return (textOf(inspect.Name) ?? "").replace(/^\//, "");
}

/** Secrets are known by when they were last changed, never by a hash of what is in them. */
function fingerprints(
  { desired, observed }: CompareWish,
  files: readonly FileChange[],
  containers: readonly ContainerChange[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { path, secret } of files) {
    const fact = observed.facts.get(path);
    const owner = fact ? `${fact.uid}:${fact.gid} ${fact.mode.toString(8)}` : "";
    found[`${desired.name}:${path}`] = !fact
      ? "absent"
      : secret
        ? `secret ${fact.changed} ${fact.bytes} ${owner}`
        : `${fact.sha256 ?? fact.is} ${owner}`;
  }
  for (const { name } of containers) {
    const inspect = observed.containers.find((one) => nameOf(one) === name);
    found[`${desired.name}: container ${name}`] = inspect
      ? `${String(inspect.Id)} ${isRunning(inspect) ? "running" : "stopped"}`
      : "absent";
  }
  return found;
}
