// Networks of docker and podman: `network ls` tables and `network inspect` JSON.
import type { DockerNetwork } from "../../model/docker.ts";
import type { Segment } from "../../model/evidence.ts";
import { given } from "../../model/given.ts";
import { type Column, readHeader, readRow } from "../columns.ts";
import { headOf, hostOf, leaveAsText, linesOf, placeOf } from "../lines.ts";
import {
  booleanOf,
  entriesOf,
  itemsOf,
  type JsonNode,
  memberOf,
  numberOf,
  readLooseJson,
  recordOf,
  textOf,
} from "../loose-json.ts";
import type { Parser } from "../parser.ts";

const tableColumns = ["NETWORK ID", "NAME", "DRIVER", "SCOPE", "VERSION", "PLUGINS"];

function tableHeader(line: string): Column[] | undefined {
  return /^NETWORK ID\s+NAME\s/.test(line) ? readHeader(line.trimEnd(), tableColumns) : undefined;
}

export const networkTable: Parser = {
  id: "docker-network-ls",
  reads: "docker network ls, podman network ls",
  provides: ["docker.networks"],
  startsAt: (line) => tableHeader(line) !== undefined,
  recognise: (segment) => (headOf(segment, 3).some((line) => tableHeader(line)) ? 0.96 : 0),
  parse(segment, emit) {
    emit.seen("docker.networks");
    let columns: Column[] | undefined;
    for (const line of linesOf(segment)) {
      if (line.text.trim() === "") continue;
      const header = tableHeader(line.text);
      if (header) {
        columns = header;
        continue;
      }
      const row = columns && readRow(line.text, columns);
      const name = row?.NAME;
      if (!name || /\s/.test(name)) leaveAsText(segment, line, emit);
      else
        emit.fact(
          "docker.networks",
          given({
            at: placeOf(segment, line.index),
            host: hostOf(segment),
            name,
            id: row["NETWORK ID"],
            driver: row.DRIVER,
          }),
        );
    }
  },
};

const telling = /"(?:IPAM|EnableIPv6|ConfigFrom|network_interface|dns_enabled|ipam_options|ConfigOnly)"\s*:/;

export const networkInspect: Parser = {
  id: "docker-network-inspect",
  reads: "docker network inspect, podman network inspect",
  provides: ["docker.networks"],
  recognise(segment) {
    const head = segment.text.slice(0, 65_536);
    return /^\s*[[{]/.test(head) && telling.test(head) && !/"HostConfig"\s*:/.test(head) ? 0.96 : 0;
  },
  parse(segment, emit) {
    emit.seen("docker.networks");
    const { documents } = readLooseJson(segment.text);
    for (const node of documents.flatMap((document) =>
      document.kind === "array" ? document.items : [document],
    )) {
      const network = networkOf(node, segment);
      if (network) emit.fact("docker.networks", network);
    }
  },
};

function networkOf(node: JsonNode, segment: Segment): DockerNetwork | undefined {
  const get = (...path: string[]) => memberOf(node, ...path);
  const nameNode = get("Name") ?? get("name");
  const name = textOf(nameNode);
  if (name === undefined) return undefined;
  const pools = [...itemsOf(get("IPAM", "Config")), ...itemsOf(get("subnets"))];
  const options = get("Options") ?? get("options");
  const containers = entriesOf(get("Containers") ?? get("containers"));
  const names = containers.map(([id, member]) => nameOf(member.node) ?? id.slice(0, 12));
  return given({
    at: placeOf(segment, nameNode?.line ?? node.line),
    host: hostOf(segment),
    name,
    id: textOf(get("Id")) ?? textOf(get("id")),
    driver: textOf(get("Driver")) ?? textOf(get("driver")),
    subnets: pools.flatMap(
      (pool) => textOf(memberOf(pool, "Subnet")) ?? textOf(memberOf(pool, "subnet")) ?? [],
    ),
    gateways: pools.flatMap(
      (pool) => textOf(memberOf(pool, "Gateway")) ?? textOf(memberOf(pool, "gateway")) ?? [],
    ),
    containers: get("Containers") || get("containers") ? names : undefined,
    addresses: addressesOf(containers.map(([, member], i) => [names[i] ?? "", member.node])),
    mtu: numberOf(memberOf(options, "com.docker.network.driver.mtu")) ?? numberOf(memberOf(options, "mtu")),
    bridge: textOf(memberOf(options, "com.docker.network.bridge.name")) ?? textOf(get("network_interface")),
    internal: booleanOf(get("Internal")) ?? booleanOf(get("internal")),
    options: options?.kind === "object" ? recordOf(options) : undefined,
  });
}

function nameOf(node: JsonNode): string | undefined {
  return textOf(memberOf(node, "Name")) ?? textOf(memberOf(node, "name"));
}

function addressesOf(
  containers: readonly (readonly [string, JsonNode])[],
): Record<string, string> | undefined {
  const addresses: Record<string, string> = {};
  for (const [name, node] of containers) {
    const address = textOf(memberOf(node, "IPv4Address"))?.replace(/\/\d+$/, "");
    if (address !== undefined) addresses[name] = address;
  }
  return Object.keys(addresses).length > 0 ? addresses : undefined;
}
