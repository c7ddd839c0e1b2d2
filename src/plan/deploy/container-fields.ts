// A container field by field, as the spec wants it and as the engine shows it: for diffs that people read, and for drift.

import type { FieldChange } from "../../model/deployment.ts";
import type { ContainerSpec } from "../../model/desired.ts";
import { itemsOf, type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import { mountWord } from "../transaction/create-words.ts";

type Fields = Readonly<Record<string, string>>;

export function wantedFields(spec: ContainerSpec): Fields {
  return {
    image: spec.image,
    args: list(spec.args),
    env: list(sorted(spec.env.map(({ name, value }) => `${name}=${value}`))),
    ...(spec.user === undefined ? {} : { user: spec.user }),
    network: spec.network,
    pid: spec.pid ?? "",
    userns: spec.usernsMode ?? "",
    privileged: String(spec.privileged ?? false),
    "read-only root": String(spec.readOnlyRoot ?? false),
    "capabilities dropped": list(sorted(spec.capDrop.map(capability))),
    "capabilities added": list(sorted(spec.capAdd.map(capability))),
    devices: list(sorted(spec.devices)),
    mounts: list(sorted(spec.mounts.map(mountWord))),
    restart: spec.restart,
    memory: String(spec.memory === undefined ? 0 : bytesOf(spec.memory)),
    cpus: String(spec.cpus ?? 0),
  };
}

/** Only what `wantedFields` has; environment and user are those of the image where the spec says nothing. */
export function shownFields(inspect: JsonRecord, wanted: Fields): Fields {
  const config = valueAt(inspect, "Config");
  const host = valueAt(inspect, "HostConfig");
  const texts = (value: unknown): string[] => itemsOf(value).flatMap((one) => textOf(one) ?? []);
  const asked = new Set(unlist(wanted.env).map((one) => one.split("=")[0]));
  return {
    image: textOf(valueAt(config, "Image")) ?? "",
    args: list(texts(valueAt(config, "Cmd"))),
    env: list(sorted(texts(valueAt(config, "Env")).filter((one) => asked.has(one.split("=")[0])))),
    ...(wanted.user === undefined ? {} : { user: textOf(valueAt(config, "User")) ?? "" }),
    network: textOf(valueAt(host, "NetworkMode")) ?? "",
    pid: textOf(valueAt(host, "PidMode")) ?? "",
    userns: textOf(valueAt(host, "UsernsMode")) ?? "",
    privileged: String(valueAt(host, "Privileged") === true),
    "read-only root": String(valueAt(host, "ReadonlyRootfs") === true),
    "capabilities dropped": list(sorted(texts(valueAt(host, "CapDrop")).map(capability))),
    "capabilities added": list(sorted(texts(valueAt(host, "CapAdd")).map(capability))),
    devices: list(
      sorted(itemsOf(valueAt(host, "Devices")).flatMap((one) => textOf(valueAt(one, "PathOnHost")) ?? [])),
    ),
    mounts: list(sorted(texts(valueAt(host, "Binds")).map(plainMount))),
    restart: textOf(valueAt(host, "RestartPolicy", "Name")) || "no",
    memory: String(Number(valueAt(host, "Memory") ?? 0) || 0),
    cpus: String((Number(valueAt(host, "NanoCpus") ?? 0) || 0) / 1e9),
  };
}

export function fieldChanges(spec: ContainerSpec, inspect: JsonRecord): readonly FieldChange[] {
  const wanted = wantedFields(spec);
  const shown = shownFields(inspect, wanted);
  return Object.entries(wanted).flatMap(([field, after]): FieldChange[] => {
    const before = shown[field] ?? "";
    return before === after ? [] : [...parts(field, before, after)];
  });
}

export function newFields(spec: ContainerSpec): readonly FieldChange[] {
  const standard: ReadonlySet<string> = new Set(["", "0", "false", "[]"]);
  return Object.entries(wantedFields(spec)).flatMap(([field, after]) =>
    standard.has(after) ? [] : [{ field, after }],
  );
}

/** Of lists only the items that differ. */
function parts(field: string, before: string, after: string): readonly FieldChange[] {
  if (!before.startsWith("[") || !after.startsWith("[")) return [{ field, before, after }];
  const [old, now] = [unlist(before), unlist(after)];
  const gone = old.filter((one) => !now.includes(one));
  const fresh = now.filter((one) => !old.includes(one));
  if (gone.length + fresh.length === 0)
    return [{ field, before: "in another order", after: "in this order" }];
  const count = Math.max(gone.length, fresh.length);
  return Array.from({ length: count }, (_, i) => ({
    field,
    ...(gone[i] === undefined ? {} : { before: gone[i] }),
    ...(fresh[i] === undefined ? {} : { after: fresh[i] }),
  }));
}

function list(values: readonly string[]): string {
  return JSON.stringify(values);
}

function unlist(text: string | undefined): string[] {
  return text === undefined ? [] : (JSON.parse(text) as string[]);
}

function sorted(values: readonly string[]): string[] {
  return values.toSorted();
}

function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, "");
}

/** Without options it is writable. */
function plainMount(bind: string): string {
  const [source = "", target = "", options = ""] = bind.split(":");
  return `${source}:${target}:${options === "" ? "rw" : options}`;
}

/** As docker reads it: powers of 1024. */
export function bytesOf(text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim());
  if (!match) return 0;
  const power = ["", "k", "m", "g", "t"].indexOf((match[2] ?? "").toLowerCase());
  return Math.floor(Number(match[1]) * 1024 ** power);
}
