// One container object of the engine's JSON (inspect of Docker and Podman, whole or cut by hand) as a fact.
import type { DockerContainer, DockerMount, PublishedPort } from "../../model/docker.ts";
import { parseMountText } from "../../model/docker-text.ts";
import { given } from "../../model/given.ts";
import type { Place } from "../../model/place.ts";
import { splitWords } from "../../model/shell-words.ts";
import {
  booleanOf,
  entriesOf,
  itemsOf,
  type JsonNode,
  memberOf,
  numberOf,
  recordOf,
  stringsOf,
  textOf,
} from "../loose-json.ts";
import { parseIsoTime } from "../time-stamp.ts";

export type PlaceAt = (line: number) => Place;

/** Keys of which one is enough to say that an object is (part of) a container. */
const containerKeys = [
  "State",
  "HostConfig",
  "NetworkSettings",
  "Mounts",
  "RestartCount",
  "Args",
  "ImageName",
  "Config",
];

export function isContainerNode(node: JsonNode): boolean {
  if (node.kind !== "object") return false;
  if (node.members.has("Driver") && node.members.has("Scope")) return false;
  if (node.members.has("RepoTags") || node.members.has("RootFS")) return false;
  return containerKeys.some((key) => node.members.has(key));
}

/** `fallbackName`: the name the command or file name gives, for excerpts without one. */
export function containerOfNode(
  node: JsonNode,
  placeAt: PlaceAt,
  host: string | undefined,
  fallbackName: string | undefined,
): DockerContainer | undefined {
  const at = (found: JsonNode | undefined) => placeAt(found?.line ?? node.line);
  const get = (...path: string[]) => memberOf(node, ...path);
  const image = textOf(get("Config", "Image")) ?? textOf(get("ImageName"));
  const id = textOf(get("Id")) ?? textOf(get("ID"));
  const name =
    textOf(get("Name"))?.replace(/^\//, "") ?? fallbackName ?? id?.slice(0, 12) ?? shortName(image);
  if (name === undefined) return undefined;
  const labels = get("Config", "Labels");
  const restart = get("HostConfig", "RestartPolicy", "Name");
  const path = textOf(get("Path"));
  const entrypoint = path === undefined ? wordsOf(get("Config", "Entrypoint")) : [path];
  const argsNode = get("Args") ?? get("Config", "Cmd") ?? get("Config", "Command");
  return given({
    at: at(get("Name") ?? get("Id")),
    origin: "running" as const,
    host,
    name,
    service: label(labels, "com.docker.compose.service", "io.podman.compose.service"),
    project: label(labels, "com.docker.compose.project", "io.podman.compose.project"),
    id,
    image,
    state: stateOf(node),
    exitCode: numberOf(get("State", "ExitCode")),
    oomKilled: booleanOf(get("State", "OOMKilled")),
    error: textOf(get("State", "Error")),
    restartCount: numberOf(get("RestartCount")),
    health: healthOf(node),
    startedMs: parseIsoTime(textOf(get("State", "StartedAt"))),
    createdMs: parseIsoTime(textOf(get("Created"))),
    user: textOf(get("Config", "User")),
    entrypoint,
    args: wordsOf(argsNode),
    argsAt: argsNode ? at(argsNode) : undefined,
    command: wordsOf(get("Config", "Cmd")),
    env: environmentOf(get("Config", "Env"), placeAt),
    ports: portsOf(node, placeAt),
    networkMode: networkModeOf(get("HostConfig", "NetworkMode")),
    networks: networksOf(node),
    mounts: mountsOf(node, placeAt),
    privileged: booleanOf(get("HostConfig", "Privileged")),
    pidMode: textOf(get("HostConfig", "PidMode")),
    usernsMode: textOf(get("HostConfig", "UsernsMode")),
    securityOpt: listOf(get("HostConfig", "SecurityOpt")),
    extraHosts: listOf(get("HostConfig", "ExtraHosts")),
    capAdd: listOf(get("HostConfig", "CapAdd")),
    groupAdd: listOf(get("HostConfig", "GroupAdd")),
    devices: devicesOf(get("HostConfig", "Devices")),
    logDriver: textOf(get("HostConfig", "LogConfig", "Type")),
    logOptions: optionsOf(get("HostConfig", "LogConfig", "Config")),
    healthcheck: wordsOf(get("Config", "Healthcheck", "Test")),
    labels: labels?.kind === "object" ? recordOf(labels) : undefined,
    restartPolicy: textOf(restart),
    memoryLimitBytes: numberOf(get("HostConfig", "Memory")) || undefined,
    fieldsAt: fieldsAtOf(node, placeAt),
  });
}

const fieldPaths: Readonly<Record<string, readonly string[]>> = {
  image: ["Config", "Image"],
  state: ["State", "Status"],
  exitCode: ["State", "ExitCode"],
  oomKilled: ["State", "OOMKilled"],
  error: ["State", "Error"],
  startedMs: ["State", "StartedAt"],
  restartCount: ["RestartCount"],
  user: ["Config", "User"],
  networkMode: ["HostConfig", "NetworkMode"],
  privileged: ["HostConfig", "Privileged"],
  pidMode: ["HostConfig", "PidMode"],
  logDriver: ["HostConfig", "LogConfig", "Type"],
  logOptions: ["HostConfig", "LogConfig", "Config"],
  healthcheck: ["Config", "Healthcheck"],
  restartPolicy: ["HostConfig", "RestartPolicy"],
  memoryLimitBytes: ["HostConfig", "Memory"],
  extraHosts: ["HostConfig", "ExtraHosts"],
  capAdd: ["HostConfig", "CapAdd"],
  securityOpt: ["HostConfig", "SecurityOpt"],
  networks: ["NetworkSettings", "Networks"],
  ports: ["NetworkSettings", "Ports"],
  mounts: ["Mounts"],
};

function fieldsAtOf(node: JsonNode, placeAt: PlaceAt): Record<string, Place> | undefined {
  const fields: Record<string, Place> = {};
  for (const [field, path] of Object.entries(fieldPaths)) {
    const parent = memberOf(node, ...path.slice(0, -1));
    const member = parent?.kind === "object" ? parent.members.get(path.at(-1) ?? "") : undefined;
    if (member) fields[field] = placeAt(member.line);
  }
  return Object.keys(fields).length > 0 ? fields : undefined;
}

function shortName(image: string | undefined): string | undefined {
  return image?.split("/").at(-1)?.split(/[:@]/)[0];
}

function label(labels: JsonNode | undefined, ...names: readonly string[]): string | undefined {
  return names.map((name) => textOf(memberOf(labels, name))).find((value) => value !== undefined);
}

function stateOf(node: JsonNode): string | undefined {
  const status = textOf(memberOf(node, "State", "Status")) ?? textOf(memberOf(node, "State"));
  if (status !== undefined) return status.toLowerCase();
  if (booleanOf(memberOf(node, "State", "Restarting"))) return "restarting";
  const running = booleanOf(memberOf(node, "State", "Running"));
  return running === undefined ? undefined : running ? "running" : "exited";
}

function healthOf(node: JsonNode): string | undefined {
  const status =
    textOf(memberOf(node, "State", "Health", "Status")) ??
    textOf(memberOf(node, "State", "Healthcheck", "Status"));
  return status === "none" ? undefined : status?.toLowerCase();
}

/** A list of words, or (Podman, hand-written) one string. Null means that nothing is set. */
function wordsOf(node: JsonNode | undefined): string[] | undefined {
  if (node?.kind === "array") return stringsOf(node);
  return node?.kind === "string" && node.value !== "" ? splitWords(node.value) : undefined;
}

function listOf(node: JsonNode | undefined): string[] | undefined {
  return node?.kind === "array" && node.items.length > 0 ? stringsOf(node) : undefined;
}

function optionsOf(node: JsonNode | undefined): Record<string, string> | undefined {
  return node?.kind === "object" ? recordOf(node) : undefined;
}

function devicesOf(node: JsonNode | undefined): string[] | undefined {
  if (node?.kind !== "array" || node.items.length === 0) return undefined;
  return node.items.flatMap((item) => textOf(memberOf(item, "PathOnHost")) ?? textOf(item) ?? []);
}

function networkModeOf(node: JsonNode | undefined): string | undefined {
  const mode = textOf(node);
  return mode === "default" ? "bridge" : mode;
}

function environmentOf(node: JsonNode | undefined, placeAt: PlaceAt): DockerContainer["env"] | undefined {
  if (node?.kind !== "array") return undefined;
  return node.items.flatMap((item) => {
    const text = textOf(item);
    if (text === undefined) return [];
    const equals = text.indexOf("=");
    const at = placeAt(item.line);
    return [
      equals === -1 ? { at, name: text } : { at, name: text.slice(0, equals), value: text.slice(equals + 1) },
    ];
  });
}

/** What the engine has bound; for a stopped container, what it would bind. */
function portsOf(node: JsonNode, placeAt: PlaceAt): PublishedPort[] | undefined {
  const bound = memberOf(node, "NetworkSettings", "Ports");
  const wanted = memberOf(node, "HostConfig", "PortBindings");
  const isBound = bound?.kind === "object" && bound.members.size > 0;
  const source = isBound || wanted?.kind !== "object" ? bound : wanted;
  if (source?.kind !== "object") return undefined;
  return entriesOf(source).flatMap(([key, member]) => {
    const [port = "", protocol = "tcp"] = key.split("/");
    const containerPort = Number(port);
    if (!Number.isInteger(containerPort)) return [];
    const bindings = itemsOf(member.node);
    if (bindings.length === 0) return [{ at: placeAt(member.line), containerPort, protocol }];
    return bindings.map((binding) =>
      given({
        at: placeAt(binding.line),
        hostIP: textOf(memberOf(binding, "HostIp")),
        hostPort: numberOf(memberOf(binding, "HostPort")),
        containerPort,
        protocol,
      }),
    );
  });
}

function networksOf(node: JsonNode): DockerContainer["networks"] | undefined {
  const networks = memberOf(node, "NetworkSettings", "Networks");
  if (networks?.kind === "object") {
    return entriesOf(networks).map(([name, member]) => {
      const aliases = memberOf(member.node, "DNSNames") ?? memberOf(member.node, "Aliases");
      return given({ name, ip: textOf(memberOf(member.node, "IPAddress")), aliases: listOf(aliases) });
    });
  }
  const ip = textOf(memberOf(node, "NetworkSettings", "IPAddress"));
  return ip === undefined ? undefined : [{ name: "bridge", ip }];
}

function mountsOf(node: JsonNode, placeAt: PlaceAt): DockerMount[] | undefined {
  const mounts = memberOf(node, "Mounts");
  const binds = memberOf(node, "HostConfig", "Binds");
  if (mounts?.kind === "array" && (mounts.items.length > 0 || binds?.kind !== "array")) {
    return mounts.items.flatMap((item) => mountOf(item, placeAt) ?? []);
  }
  if (binds?.kind !== "array") return undefined;
  return binds.items.flatMap((item) => parseMountText(textOf(item) ?? "", placeAt(item.line)) ?? []);
}

export function mountOf(item: JsonNode, placeAt: PlaceAt): DockerMount | undefined {
  const target = textOf(memberOf(item, "Destination")) ?? textOf(memberOf(item, "Target")) ?? textOf(item);
  if (target === undefined) return undefined;
  const name = textOf(memberOf(item, "Name"));
  const writable = booleanOf(memberOf(item, "RW"));
  const readOnly = booleanOf(memberOf(item, "ReadOnly"));
  return given({
    at: placeAt(memberOf(item, "Destination")?.line ?? item.line),
    type: mountType(textOf(memberOf(item, "Type")), name),
    source: textOf(memberOf(item, "Source")) ?? name,
    name,
    target,
    readOnly: writable === undefined ? readOnly : !writable,
    propagation: textOf(memberOf(item, "Propagation")),
  });
}

function mountType(type: string | undefined, name: string | undefined): DockerMount["type"] | undefined {
  if (type === "bind" || type === "volume" || type === "tmpfs") return type;
  return name === undefined ? undefined : "volume";
}
