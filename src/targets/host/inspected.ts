// The few things of `docker inspect` (or podman's) that decide what is worth a second look on a host.
import type { ComponentKind } from "../../model/component.ts";
import { isPutAside } from "../../model/docker.ts";
import { itemsOf, memberOf, textOf, valueAt } from "../../model/json-value.ts";

export interface SeenMount {
  readonly type: string;
  readonly source: string;
  readonly target: string;
  readonly isWritable: boolean;
}

export interface SeenContainer {
  readonly name: string;
  readonly id: string;
  /** Of its first process, as the host counts; it may be another's by now. */
  readonly pid?: number;
  readonly kind?: ComponentKind;
  readonly isRunning: boolean;
  /** Restarting, unhealthy, or ended with an error: its log is worth reading whatever it is. */
  readonly isTroubled: boolean;
  readonly networkMode: string;
  /** Addresses in its networks. */
  readonly addresses: readonly string[];
  /** Container port to the address and port on the host. */
  readonly published: ReadonlyMap<number, { readonly address: string; readonly port: number }>;
  readonly mounts: readonly SeenMount[];
  /** Entry point and arguments. */
  readonly words: readonly string[];
  readonly env: ReadonlyMap<string, string>;
  readonly labels: ReadonlyMap<string, string>;
}

/** Says what a program is, from its image, command line or name. */
export type Identify = (about: {
  readonly image?: string;
  readonly words?: readonly string[];
  readonly name?: string;
}) => ComponentKind | undefined;

const mostContainers = 500;

export function readInspected(text: string, identify: Identify): readonly SeenContainer[] {
  const list = itemsOf(parse(text)).slice(0, mostContainers);
  return list.flatMap((entry) => {
    const name = textOf(memberOf(entry, "Name"))?.replace(/^\//, "");
    if (name === undefined || valueAt(entry, "State") === undefined) return [];
    const container = seen(entry, name, identify);
    return isPutAside(name) && !container.isRunning ? [] : [container];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function seen(entry: unknown, name: string, identify: Identify): SeenContainer {
  const words = [valueAt(entry, "Path"), ...itemsOf(valueAt(entry, "Args"))].flatMap(
    (word) => textOf(word) ?? [],
  );
  const labels = pairs(valueAt(entry, "Config", "Labels"));
  const image = textOf(valueAt(entry, "Config", "Image")) ?? textOf(memberOf(entry, "ImageName"));
  const kind = identify({
    ...(image === undefined ? {} : { image }),
    words,
    name: labels.get("com.docker.compose.service") ?? name,
  });
  const status = textOf(valueAt(entry, "State", "Status")) ?? "";
  const pid = Number(textOf(valueAt(entry, "State", "Pid")) ?? 0);
  const exitCode = Number(textOf(valueAt(entry, "State", "ExitCode")) ?? 0);
  const isRunning = status === "running" || valueAt(entry, "State", "Running") === true;
  const health = textOf(valueAt(entry, "State", "Health", "Status")) ?? "";
  return {
    name,
    id: textOf(memberOf(entry, "Id")) ?? "",
    ...(pid > 0 ? { pid } : {}),
    ...(kind === undefined ? {} : { kind }),
    isRunning,
    isTroubled:
      status === "restarting" ||
      status === "dead" ||
      health === "unhealthy" ||
      (!isRunning && exitCode !== 0),
    networkMode: textOf(valueAt(entry, "HostConfig", "NetworkMode")) ?? "",
    addresses: addressesOf(entry),
    published: publishedOf(entry),
    mounts: itemsOf(memberOf(entry, "Mounts")).flatMap(mountOf),
    words,
    env: envOf(entry),
    labels,
  };
}

function pairs(value: unknown): ReadonlyMap<string, string> {
  const record = typeof value === "object" && value !== null ? Object.entries(value) : [];
  return new Map(record.map(([key, text]) => [key, textOf(text) ?? ""]));
}

function envOf(entry: unknown): ReadonlyMap<string, string> {
  const words = itemsOf(valueAt(entry, "Config", "Env")).flatMap((word) => textOf(word) ?? []);
  return new Map(words.map((word) => [word.split("=", 1)[0] ?? "", word.slice(word.indexOf("=") + 1)]));
}

function addressesOf(entry: unknown): string[] {
  const networks = valueAt(entry, "NetworkSettings", "Networks");
  const own = typeof networks === "object" && networks !== null ? Object.values(networks) : [];
  const all = [
    ...own.map((network) => textOf(memberOf(network, "IPAddress"))),
    textOf(valueAt(entry, "NetworkSettings", "IPAddress")),
  ];
  return [...new Set(all.flatMap((address) => (address ? [address] : [])))];
}

function publishedOf(entry: unknown): SeenContainer["published"] {
  const ports = valueAt(entry, "NetworkSettings", "Ports");
  const found = new Map<number, { address: string; port: number }>();
  for (const [key, bindings] of typeof ports === "object" && ports !== null ? Object.entries(ports) : []) {
    const [binding] = itemsOf(bindings);
    const port = Number(textOf(memberOf(binding, "HostPort")) ?? Number.NaN);
    if (!key.endsWith("/tcp") || !(port > 0)) continue;
    const address = textOf(memberOf(binding, "HostIp")) ?? "";
    found.set(Number.parseInt(key, 10), { address, port });
  }
  return found;
}

function mountOf(value: unknown): SeenMount[] {
  const source = textOf(memberOf(value, "Source"));
  const target = textOf(memberOf(value, "Destination")) ?? textOf(memberOf(value, "Target"));
  if (!source?.startsWith("/") || !target?.startsWith("/")) return [];
  return [
    {
      type: textOf(memberOf(value, "Type")) ?? "bind",
      source,
      target,
      isWritable: memberOf(value, "RW") !== false,
    },
  ];
}
