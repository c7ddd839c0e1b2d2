// From what the engine shows of a container to what it is made from, so that it can be made again with one thing changed.
import { isRecord, itemsOf, type JsonRecord, textOf, valueAt } from "../../model/json-value.ts";
import type { Operation } from "./cluster/json-patch.ts";
import { isWorld } from "./deny-text.ts";

export interface ContainerSpec {
  /** Body of the engine's create request. */
  readonly create: JsonRecord;
  /** Networks beyond the first: older engines take only one when a container is made. */
  readonly connect: readonly { readonly network: string; readonly settings: JsonRecord }[];
}

export function specOf(inspect: JsonRecord): ContainerSpec {
  const id = textOf(inspect.Id) ?? "";
  const config = recordAt(inspect, "Config");
  const host = recordAt(inspect, "HostConfig");
  const mode = textOf(host.NetworkMode) ?? "default";
  const isOwnNetwork = !/^(?:host|none|container:.*)$/.test(mode);
  const { Hostname: hostname, ...rest } = config;
  // A name that the engine gave is given anew; on somebody else's network it is theirs.
  const keepsName = isOwnNetwork && textOf(hostname) !== id.slice(0, 12);
  const networks = isOwnNetwork ? Object.entries(recordAt(inspect, "NetworkSettings", "Networks")) : [];
  const [first, ...others] = networks.sort(([a], [b]) => Number(b === mode) - Number(a === mode));
  return {
    create: {
      ...rest,
      ...(keepsName && hostname !== undefined ? { Hostname: hostname } : {}),
      HostConfig: { ...host, ...withVolumes(host, inspect) },
      ...(first ? { NetworkingConfig: { EndpointsConfig: { [first[0]]: endpoint(first[1], id) } } } : {}),
    },
    connect: others.map(([network, settings]) => ({ network, settings: endpoint(settings, id) })),
  };
}

function recordAt(value: unknown, ...keys: readonly string[]): JsonRecord {
  const found = valueAt(value, ...keys);
  return isRecord(found) ? found : {};
}

/** What was asked for; addresses and ids that the engine gave are given anew. */
function endpoint(value: unknown, id: string): JsonRecord {
  const aliases = itemsOf(valueAt(value, "Aliases")).filter((alias) => alias !== id.slice(0, 12));
  const ipam = valueAt(value, "IPAMConfig");
  const links = valueAt(value, "Links");
  return {
    ...(isRecord(ipam) ? { IPAMConfig: ipam } : {}),
    ...(Array.isArray(links) ? { Links: links } : {}),
    ...(aliases.length > 0 ? { Aliases: aliases } : {}),
  };
}

/** Volumes without a name of their own hold data, too: the new container gets the same ones. */
function withVolumes(host: JsonRecord, inspect: JsonRecord): JsonRecord {
  const binds = itemsOf(host.Binds).flatMap((bind) => textOf(bind) ?? []);
  const known = new Set([
    ...binds.map((bind) => bind.split(":")[1] ?? ""),
    ...itemsOf(host.Mounts).flatMap((mount) => textOf(valueAt(mount, "Target")) ?? []),
  ]);
  const unnamed = itemsOf(inspect.Mounts).flatMap((mount) => {
    const [type, name, target] = ["Type", "Name", "Destination"].map((key) => textOf(valueAt(mount, key)));
    return type === "volume" && name && target && !known.has(target) ? [`${name}:${target}`] : [];
  });
  return unnamed.length > 0 ? { Binds: [...binds, ...unnamed] } : {};
}

/** The words after `podman create` of a container that was made so, under another name. */
export function createdWith(inspect: unknown, name: string): readonly string[] | undefined {
  const command = itemsOf(valueAt(inspect, "Config", "CreateCommand")).map((word) => textOf(word) ?? "");
  const [program = "", verb, ...words] = command;
  const at = words.indexOf("--name");
  if (!/(?:^|\/)podman$/.test(program) || verb !== "create" || at < 0) return undefined;
  return [...words.slice(0, at + 1), name, ...words.slice(at + 2)];
}

/** Why it is not made again by us; undefined when it may be. */
export function notOurs(inspect: JsonRecord): string | undefined {
  const labels = recordAt(inspect, "Config", "Labels");
  if (Object.keys(labels).some((label) => label.startsWith("com.docker.swarm.")))
    return "it belongs to a Swarm service, which would make it again as it was";
  if (Object.keys(labels).some((label) => label.startsWith("io.kubernetes.")))
    return "it belongs to a pod, which would make it again as it was";
  if (valueAt(inspect, "HostConfig", "AutoRemove") === true)
    return "it is removed when it stops (--rm), so that there would be no way back";
  return undefined;
}

/** What a changed container must not be. */
export function denyContainer(
  before: JsonRecord,
  after: unknown,
  patch: readonly Operation[],
): string | undefined {
  if (
    valueAt(after, "HostConfig", "Privileged") === true &&
    valueAt(before, "HostConfig", "Privileged") !== true
  )
    return "it would get all rights on the host";
  const known = new Set(openPorts(before));
  const opened = openPorts(after).find((port) => !known.has(port));
  if (opened !== undefined)
    return `port ${opened} would be open to the world; publish it on the address that is scraped`;
  const gone = patch.find(({ op, path }) => op !== "test" && /^\/(?:Config|HostConfig)\/?$/.test(path));
  return gone ? `${gone.path} is never replaced as a whole` : undefined;
}

function openPorts(inspect: unknown): string[] {
  return Object.entries(recordAt(inspect, "HostConfig", "PortBindings")).flatMap(([port, bindings]) =>
    itemsOf(bindings).flatMap((one) =>
      isWorld(textOf(valueAt(one, "HostIp"))) ? [`${textOf(valueAt(one, "HostPort"))}→${port}`] : [],
    ),
  );
}
