// Containers of one host: made, replaced, taken over, started, told to read again, or taken away. Pure.

import type { ContainerChange, FileChange, HostRecord } from "../../model/deployment.ts";
import { type ContainerSpec, type DesiredFile, type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { itemsOf, type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { Step } from "../../model/plan.ts";
import type { DeployedKind } from "../../model/stack-file.ts";
import { hashOf, isRunning } from "../transaction/container-state.ts";
import { serverOrder } from "./batches.ts";
import type { CompareWish } from "./compare-wish.ts";
import { fieldChanges, newFields } from "./container-fields.ts";
import { nameOf } from "./container-name.ts";
import { configHash } from "./host-part.ts";
import { dataAtRisk, gapOf } from "./impact.ts";
import { engineOf, type Observed } from "./observe.ts";

/** Who is asked or sent to starts before who asks. */
export function inOrder(containers: readonly ContainerSpec[]): readonly ContainerSpec[] {
  return containers.toSorted((a, b) => serverOrder.indexOf(a.component) - serverOrder.indexOf(b.component));
}

export function foreign(spec: ContainerSpec, { observed, adopt, stack }: CompareWish): readonly string[] {
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

/** Two Promtails on one positions file send everything twice; two Prometheus on one folder destroy it. */
export function sharedData(
  spec: ContainerSpec,
  { observed, stack, directory }: CompareWish,
): readonly string[] {
  const sources = new Set(
    spec.mounts
      .filter(
        ({ readOnly, inherited, source }) => (!readOnly || inherited) && !source.startsWith(`${directory}/`),
      )
      .map(({ source }) => source),
  );
  return observed.containers.flatMap((one) => {
    const name = nameOf(one);
    if (name === spec.name || !isRunning(one) || isOfStack(one, stack)) return [];
    const used = itemsOf(one.Mounts).find(
      (mount) => valueAt(mount, "RW") !== false && [...sources].some((source) => isAt(mount, source)),
    );
    if (used === undefined) return [];
    const where = textOf(valueAt(used, "Name")) ?? textOf(valueAt(used, "Source")) ?? "";
    const isInherited = spec.mounts.some(({ source, inherited }) => inherited && isAt(used, source));
    if (isInherited)
      return [
        `container ${name} runs and writes to ${where}, which ${spec.component} inherits: both would send every line. Stop it, or take it over first (logs.agent: promtail, containers.promtail: ${name}) and change to ${spec.component} with the next apply`,
      ];
    return [
      `container ${name} runs and writes to ${where}, the data of ${spec.component}: name it under hosts.${observed.host}.containers.${spec.component} to take it over, or stop it`,
    ];
  });
}

function isAt(mount: unknown, source: string): boolean {
  return [valueAt(mount, "Name"), valueAt(mount, "Source")].some((at) => textOf(at) === source);
}

function isOfStack(inspect: JsonRecord, stack: string): boolean {
  const labels = valueAt(inspect, "Config", "Labels");
  return (
    textOf(valueAt(labels, ownerLabels.owner)) === "watchmend" &&
    textOf(valueAt(labels, ownerLabels.stack)) === stack
  );
}

interface PlannedContainer {
  readonly change: ContainerChange;
  readonly step: Step;
}

export function containerChange(
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
  const secrets = part.secrets.filter(({ readBy }) => readBy === spec.component);
  const effects = [...own, ...secrets].filter(({ path }) => touched.has(path)).map(({ change }) => change);
  const removed = files.some(
    ({ change, path }) => change === "remove" && path.includes(`/${spec.component}/`),
  );
  const isStale = effects.length === 0 && hasNotRead(spec.component, part, own, observed, record, inspect);
  const wants = effects.includes("restart")
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
        ...(spec.ready.keys === undefined ? {} : { keys: spec.ready.keys }),
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
