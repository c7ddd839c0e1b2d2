// What is not as the last apply left it, told apart: changed on the host, changed in the model, or never applied. Pure.

import type { ContainerChange, Drifted, FileChange, HostPlan, HostRecord } from "../../model/deployment.ts";
import { phases } from "../../model/deployment.ts";
import { type DesiredHost, ownerLabels } from "../../model/desired.ts";
import { sha256 } from "../backup.ts";
import { isRunning } from "../transaction/container-state.ts";
import { nameOf } from "./container-name.ts";
import type { Observed } from "./observe.ts";

export function driftOf(plan: HostPlan, desired: DesiredHost, observed: Observed): readonly Drifted[] {
  const records = phases.flatMap((phase) => observed.records[phase] ?? []);
  const unknown = (plan.unknown ?? []).map(
    (says): Drifted => ({ host: plan.host, subject: plan.host, since: "host", says, fields: [] }),
  );
  if (unknown.length > 0 && records.length === 0) return unknown;
  if (records.length === 0)
    return [
      {
        host: plan.host,
        subject: plan.host,
        since: "never",
        says: "nothing was applied to this host yet",
        fields: [],
      },
    ];
  const files = merged(records, "files");
  const containers = merged(records, "containers");
  return [
    ...unknown,
    ...plan.files.map((change) => fileDrift(plan.host, change, desired, observed, files)),
    ...plan.containers.flatMap((change) => containerDrift(plan.host, change, desired, observed, containers)),
    ...plan.notes
      .filter((note) => note.includes("somebody has changed it"))
      .map(
        (says): Drifted => ({
          host: plan.host,
          subject: says.split(" ")[0] ?? "",
          since: "host",
          says,
          fields: [],
        }),
      ),
  ];
}

function merged(records: readonly HostRecord[], key: "files" | "containers"): ReadonlyMap<string, string> {
  return new Map(records.flatMap((record) => Object.entries(record[key])));
}

function fileDrift(
  host: string,
  { path, change, before, after, secret, note }: FileChange,
  desired: DesiredHost,
  { facts }: Observed,
  recorded: ReadonlyMap<string, string>,
): Drifted {
  const base = { host, subject: path, fields: [] };
  const texts = secret
    ? {}
    : { ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  const was = recorded.get(path);
  const is = facts.get(path)?.sha256;
  if (change === "remove") return { ...base, since: "model", says: "it is not part of the model any more" };
  if (change === "owner")
    return { ...base, since: "host", says: `its owner or mode was changed: ${note ?? ""}` };
  if (secret)
    return {
      ...base,
      since: is === undefined ? "host" : "model",
      says: is === undefined ? "the secret is gone" : "the secret is not the one its reference holds",
    };
  if (was === undefined) return { ...base, since: "model", says: "it is new in the model", ...texts };
  const wanted = desired.files.find((file) => file.path === path)?.content;
  const modelMoved = wanted !== undefined && sha256(Buffer.from(wanted)) !== was;
  if (is === undefined) return { ...base, since: "host", says: "it is gone" };
  if (is !== was)
    return {
      ...base,
      since: "host",
      says: modelMoved
        ? "it was changed on the host, and the model was changed as well"
        : "it was changed on the host",
      ...texts,
    };
  return { ...base, since: "model", says: "the model was changed since", ...texts };
}

function containerDrift(
  host: string,
  { name, change, fields, because }: ContainerChange,
  desired: DesiredHost,
  { containers }: Observed,
  recorded: ReadonlyMap<string, string>,
): readonly Drifted[] {
  // What it has to read again follows from its files, which are told.
  if (change === "reload" || change === "restart")
    return because.startsWith("it has not read")
      ? [{ host, subject: `container ${name}`, since: "host", says: because, fields }]
      : [];
  const base = { host, subject: `container ${name}`, fields };
  const was = recorded.get(name);
  const inspect = containers.find((one) => nameOf(one) === name);
  const spec = desired.containers.find((one) => one.name === name)?.labels[ownerLabels.spec];
  if (change === "remove") return [{ ...base, since: "model", says: "it is not part of the model any more" }];
  if (was === undefined) return [{ ...base, since: "model", says: "it is new in the model" }];
  if (!inspect) return [{ ...base, since: "host", says: "it is gone", fields: [] }];
  if (change === "adopt") return [{ ...base, since: "host", says: "somebody has made it anew" }];
  if (change === "start" && !isRunning(inspect)) return [{ ...base, since: "host", says: because }];
  return [
    spec === was
      ? { ...base, since: "host", says: because }
      : { ...base, since: "model", says: "the model was changed since" },
  ];
}
