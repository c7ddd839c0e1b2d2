// Services, Endpoints and EndpointSlices from API JSON or YAML.
import type { Endpoints, Service } from "../../model/kubernetes.ts";
import type { ObjectHead } from "./object-head.ts";
import { known } from "./row.ts";
import type { TreeNode } from "./tree.ts";

export function serviceFromNode(node: TreeNode, head: ObjectHead): Service {
  const spec = node.get("spec");
  const ports = spec?.get("ports")?.items();
  return {
    at: head.at,
    origin: head.origin,
    name: head.name,
    ...known({
      namespace: head.namespace,
      type: spec?.text("type") ?? "ClusterIP",
      clusterIP: spec?.text("clusterIP"),
      labels: node.record("metadata", "labels"),
      selector: spec?.record("selector") ?? (spec ? {} : undefined),
      selectorAt: spec?.get("selector")?.at,
      ports: ports?.flatMap((port) => {
        const number = port.number("port");
        if (number === undefined) return [];
        const more = known({
          name: port.text("name"),
          targetPort: port.text("targetPort"),
          nodePort: port.number("nodePort"),
          protocol: port.text("protocol"),
        });
        return [{ at: port.at, port: number, ...more }];
      }),
      publishNotReadyAddresses: spec?.flag("publishNotReadyAddresses"),
      externalName: spec?.text("externalName"),
    }),
  };
}

export function endpointsFromNode(node: TreeNode, head: ObjectHead): Endpoints {
  const ready: string[] = [];
  const notReady: string[] = [];
  for (const subset of node.get("subsets")?.items() ?? []) {
    const ports = portsOf(subset);
    ready.push(...addressesOf(subset.get("addresses"), ports));
    notReady.push(...addressesOf(subset.get("notReadyAddresses"), ports));
  }
  return { at: head.at, name: head.name, ...known({ namespace: head.namespace }), ready, notReady };
}

function addressesOf(list: TreeNode | undefined, ports: readonly number[]): readonly string[] {
  return (list?.items() ?? []).flatMap((item) => withPorts(item.text("ip"), ports));
}

function portsOf(node: TreeNode): readonly number[] {
  return (node.get("ports")?.items() ?? []).flatMap((port) => port.number("port") ?? []);
}

function withPorts(address: string | undefined, ports: readonly number[]): readonly string[] {
  if (address === undefined) return [];
  const host = address.includes(":") ? `[${address}]` : address;
  return ports.length === 0 ? [address] : ports.map((port) => `${host}:${port}`);
}

/** One slice, under the name of its Service. A missing `ready` means ready, as the API says. */
export function sliceFromNode(node: TreeNode, head: ObjectHead): Endpoints {
  const ready: string[] = [];
  const notReady: string[] = [];
  const ports = portsOf(node);
  for (const endpoint of node.get("endpoints")?.items() ?? []) {
    const addresses = (endpoint.texts("addresses") ?? []).flatMap((address) => withPorts(address, ports));
    (endpoint.flag("conditions", "ready") === false ? notReady : ready).push(...addresses);
  }
  const service = node.text("metadata", "labels", "kubernetes.io/service-name");
  const owner = node.get("metadata", "ownerReferences")?.items()[0];
  const named = service ?? (owner?.text("kind") === "Service" ? owner.text("name") : undefined);
  const name = named ?? head.name.replace(/-[a-z0-9]{5}$/, "");
  return { at: head.at, name, ...known({ namespace: head.namespace }), ready, notReady };
}

/** Slices of one Service, added up. */
export function addUpSlices(slices: readonly Endpoints[]): readonly Endpoints[] {
  const sums = new Map<string, Endpoints>();
  for (const slice of slices) {
    const key = `${slice.namespace ?? ""}/${slice.name}`;
    const sum = sums.get(key);
    sums.set(
      key,
      sum
        ? { ...sum, ready: union(sum.ready, slice.ready), notReady: union(sum.notReady, slice.notReady) }
        : slice,
    );
  }
  return [...sums.values()];
}

function union(a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] {
  return [...new Set([...(a ?? []), ...(b ?? [])])];
}
