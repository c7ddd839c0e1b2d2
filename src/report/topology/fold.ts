// Folds what looks alike, so that a stack of hundreds of hosts stays a picture in which the odd one stands out.
import type { Topology, TopologyEdge, TopologyGroup, TopologyNode } from "../topology.ts";

/** Group of what relations name but nobody recognised. */
export const elsewhere = "\0elsewhere";

/** Components of one group that nothing distinguishes become one node. */
export function foldNodes(topology: Topology): Topology {
  const groupOfNode = new Map(topology.nodes.map((node) => [node.id, node.group]));
  const links = linkSignatures(topology, groupOfNode, (id) => id);
  const stand = representatives(topology.nodes, (node) =>
    [node.group, node.kind, node.external, node.severity ?? "", links.get(node.id) ?? ""].join("\0"),
  );
  return merge(topology, stand, topology.groups);
}

/** Hosts or namespaces with the same components in the same state become one group. */
export function foldGroups(topology: Topology): Topology {
  const groupOfNode = new Map(topology.nodes.map((node) => [node.id, node.group]));
  const kindOfNode = new Map(topology.nodes.map((node) => [node.id, `self ${node.kind}`]));
  const links = linkSignatures(topology, groupOfNode, (id) => kindOfNode.get(id) ?? id);
  const shapes = new Map<string, string[]>();
  for (const node of topology.nodes) {
    push(shapes, node.group, [node.kind, node.severity ?? "", links.get(node.id) ?? ""].join("\0"));
  }
  const groups = topology.groups.filter((group) => group.id !== elsewhere && group.id !== "");
  const stand = representatives(groups, (group) => (shapes.get(group.id) ?? []).sort().join("\n"));
  const nodeOfKind = new Map<string, string>();
  const nodeStand = new Map<string, string>();
  for (const node of topology.nodes) {
    const group = stand.get(node.group) ?? node.group;
    const key = [group, node.kind, node.severity ?? "", links.get(node.id) ?? ""].join("\0");
    if (!stand.has(node.group)) continue;
    const first = nodeOfKind.get(key) ?? node.id;
    nodeOfKind.set(key, first);
    nodeStand.set(node.id, first);
  }
  const sizes = new Map<string, number>();
  for (const group of stand.values()) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const kept = topology.groups
    .filter((group) => (stand.get(group.id) ?? group.id) === group.id)
    .map((group) => {
      const count = sizes.get(group.id) ?? 1;
      return { ...group, count, label: count > 1 ? `${group.label} and ${count - 1} like it` : group.label };
    });
  return merge(topology, nodeStand, kept);
}

/** What each node is linked to and how; ends in the same group are named by `nameNear`. */
function linkSignatures(
  topology: Topology,
  groupOfNode: ReadonlyMap<string, string>,
  nameNear: (id: string) => string,
): Map<string, string> {
  const parts = new Map<string, string[]>();
  for (const edge of topology.edges) {
    const near = groupOfNode.get(edge.from) === groupOfNode.get(edge.to);
    const name = (id: string) => (near ? nameNear(id) : id);
    const how = `${edge.kind} ${edge.state} ${edge.label ?? ""}`;
    push(parts, edge.from, `to ${name(edge.to)} ${how}`);
    push(parts, edge.to, `from ${name(edge.from)} ${how}`);
  }
  return new Map([...parts].map(([id, list]) => [id, [...new Set(list)].sort().join("\n")]));
}

/** Maps every item of a set of at least three alike ones to the first of them. */
function representatives<Item extends { readonly id: string }>(
  items: readonly Item[],
  signature: (item: Item) => string,
): Map<string, string> {
  const alike = new Map<string, Item[]>();
  for (const item of items) push(alike, signature(item), item);
  const stand = new Map<string, string>();
  for (const set of alike.values()) {
    const [first] = set;
    if (!first || set.length < 3) continue;
    for (const item of set) stand.set(item.id, first.id);
  }
  return stand;
}

function merge(
  topology: Topology,
  stand: ReadonlyMap<string, string>,
  groups: readonly TopologyGroup[],
): Topology {
  const nodes = new Map<string, TopologyNode>();
  for (const node of topology.nodes) {
    const id = stand.get(node.id) ?? node.id;
    const before = nodes.get(id);
    nodes.set(id, before ? joinNodes(before, node) : node);
  }
  const edges = new Map<string, TopologyEdge>();
  for (const edge of topology.edges) {
    const from = stand.get(edge.from) ?? edge.from;
    const to = stand.get(edge.to) ?? edge.to;
    const key = [from, to, edge.kind, edge.state, edge.label ?? ""].join("\0");
    const before = edges.get(key);
    edges.set(key, before ? joinEdges(before, edge) : { ...edge, from, to });
  }
  return { groups, nodes: [...nodes.values()], edges: [...edges.values()] };
}

function joinNodes(one: TopologyNode, other: TopologyNode): TopologyNode {
  const { version, ...rest } = one;
  return {
    ...rest,
    ...(version && version === other.version ? { version } : {}),
    members: [...one.members, ...other.members],
    findings: [...one.findings, ...other.findings],
  };
}

function joinEdges(one: TopologyEdge, other: TopologyEdge): TopologyEdge {
  return { ...one, count: one.count + other.count, findings: [...one.findings, ...other.findings] };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}
