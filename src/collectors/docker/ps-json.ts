// Container lists as JSON: `docker ps --format json` lines, `docker compose ps --format json`, `podman ps --format json`, the API's list.
import type { DockerContainer, PublishedPort } from "../../model/docker.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import type { Place } from "../../model/place.ts";
import { hostOf, placeOf } from "../lines.ts";
import {
  entriesOf,
  itemsOf,
  type JsonNode,
  memberOf,
  numberOf,
  readLooseJson,
  recordOf,
  stringOf,
  stringsOf,
  textOf,
} from "../loose-json.ts";
import type { Parser } from "../parser.ts";
import { readState } from "./container-state.ts";
import { mountOf } from "./inspect-container.ts";
import { containerOfRow, labelsOf } from "./ps-table.ts";

const telling =
  /"(?:Names|RunningFor|LocalVolumes|Publishers|PrivatePort|ExitedAt|StartedAt|ImageID|Pid)"\s*:/g;

export const psJson: Parser = {
  id: "docker-ps-json",
  reads:
    "docker ps --format json, docker compose ps --format json, podman ps --format json, GET /containers/json",
  provides: ["docker.containers"],
  recognise(segment) {
    const head = segment.text.slice(0, 32_768);
    if (
      !/^\s*[[{]/.test(head) ||
      /"(?:HostConfig"\s*:\s*\{\s*"(?!NetworkMode)|apiVersion"|RepoTags")/.test(head)
    )
      return 0;
    const has = (key: string) => head.includes(`"${key}"`);
    if (has("Names") && (has("Image") || has("Status") || has("State"))) return 0.95;
    if (has("Publishers") && has("Service")) return 0.95;
    return has("Name") && has("Service") && has("State") && has("Project")
      ? 0.9
      : new Set(head.match(telling)).size >= 4
        ? 0.5
        : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.containers");
    const { documents } = readLooseJson(segment.text);
    for (const node of documents.flatMap((document) =>
      document.kind === "array" ? document.items : [document],
    )) {
      const container = containerOf(node, segment);
      if (container) emit.fact("docker.containers", container);
      else
        emit.gap({
          what: "docker ps",
          because: "unparseable",
          detail: "an entry without a name",
          at: placeOf(segment, node.line),
        });
    }
  },
};

function containerOf(node: JsonNode, segment: Segment): DockerContainer | undefined {
  const get = (...path: string[]) => memberOf(node, ...path);
  const names = get("Names") ?? get("Name");
  const at = placeOf(segment, names?.line ?? node.line);
  const flat: Record<string, string> = {};
  const copy = (column: string, ...keys: string[]) => {
    const value = keys.map((key) => stringOf(get(key))).find((text) => text !== undefined && text !== "");
    if (value !== undefined) flat[column] = value;
  };
  const listed = names?.kind === "array" ? stringsOf(names)[0] : stringOf(names);
  if (listed) flat.NAMES = listed.replace(/^\//, "");
  copy("CONTAINER ID", "ID", "Id");
  copy("IMAGE", "Image");
  copy("COMMAND", "Command");
  copy("STATUS", "Status", "State");
  copy("PORTS", "Ports");
  copy("NETWORKS", "Networks");
  copy("SERVICE", "Service");
  copy("PROJECT", "Project");
  copy("HEALTH", "Health");
  const base = containerOfRow(flat, at, hostOf(segment));
  if (!base) return undefined;
  const ports = structuredPorts(node, segment);
  const labels = get("Labels");
  const labelMap = labels?.kind === "object" ? recordOf(labels) : labelsOf(textOf(labels));
  const mode = textOf(get("HostConfig", "NetworkMode"));
  const state = textOf(get("State"));
  return {
    ...base,
    ...given({
      ...(state === undefined ? {} : readState(state)),
      exitCode: exitCodeOf(get("ExitCode"), base),
      ports: ports ?? base.ports,
      labels: labelMap,
      service: base.service ?? labelMap?.["com.docker.compose.service"],
      project: base.project ?? labelMap?.["com.docker.compose.project"],
      networkMode: mode === "default" ? "bridge" : mode,
      networks: networksOf(get("NetworkSettings", "Networks")) ?? base.networks,
      mounts: mountsOf(get("Mounts"), segment),
      createdMs: createdOf(get("Created")),
    }),
  };
}

/** A running container's exit code is 0 in compose's JSON and says nothing. */
function exitCodeOf(node: JsonNode | undefined, base: DockerContainer): number | undefined {
  return base.state === "running" ? undefined : (numberOf(node) ?? base.exitCode);
}

function createdOf(node: JsonNode | undefined): number | undefined {
  const seconds = numberOf(node);
  return seconds === undefined || seconds <= 0 ? undefined : seconds * 1000;
}

function structuredPorts(node: JsonNode, segment: Segment): PublishedPort[] | undefined {
  const list = memberOf(node, "Publishers") ?? memberOf(node, "Ports");
  if (list?.kind !== "array") return undefined;
  return list.items.flatMap((item) => portsOf(item, placeOf(segment, item.line)));
}

/** Compose: URL, TargetPort, PublishedPort. API: IP, PrivatePort, PublicPort. Podman: host_ip, host_port, container_port, range. */
function portsOf(item: JsonNode, at: Place): PublishedPort[] {
  const first = (...keys: string[]) =>
    keys.map((key) => memberOf(item, key)).find((node) => node !== undefined);
  const containerPort = numberOf(first("TargetPort", "PrivatePort", "container_port", "containerPort"));
  if (containerPort === undefined) return [];
  const hostPort = numberOf(first("PublishedPort", "PublicPort", "host_port", "hostPort")) || undefined;
  const hostIP = textOf(first("URL", "IP", "host_ip", "hostIP"));
  const protocol = textOf(first("Protocol", "Type", "protocol")) ?? "tcp";
  const range = Math.min(numberOf(first("range")) ?? 1, 512);
  return Array.from({ length: Math.max(range, 1) }, (_, i) =>
    given({
      at,
      hostIP,
      hostPort: hostPort === undefined ? undefined : hostPort + i,
      containerPort: containerPort + i,
      protocol,
    }),
  );
}

function networksOf(node: JsonNode | undefined): DockerContainer["networks"] | undefined {
  if (node?.kind !== "object") return undefined;
  return entriesOf(node).map(([name, member]) =>
    given({ name, ip: textOf(memberOf(member.node, "IPAddress")) }),
  );
}

function mountsOf(node: JsonNode | undefined, segment: Segment): DockerContainer["mounts"] | undefined {
  if (node?.kind !== "array") return undefined;
  const mounts = itemsOf(node).flatMap((item) => mountOf(item, (line) => placeOf(segment, line)) ?? []);
  return mounts.length > 0 ? mounts : undefined;
}
