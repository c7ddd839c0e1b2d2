// Who scrapes, pushes to, queries and alerts whom, as a picture's content: groups, nodes, edges, and the findings on them.
import type { Finding, Severity } from "../model/finding.ts";
import type { Report, ReportComponent, ReportRelation } from "../model/report.ts";
import type { Relation } from "../model/stack.ts";

export type LinkState = "works" | "broken" | "unknown";

export interface TopologyNode {
  readonly id: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly version?: string;
  /** Ids of the components this node stands for; several when alike ones are folded. */
  readonly members: readonly string[];
  /** Named by a relation, but not recognised as a component. */
  readonly external: boolean;
  /** Indexes into the report's findings, roots first. */
  readonly findings: readonly number[];
  /** The worst severity among them; notices and latent findings do not colour a node. */
  readonly severity?: Severity;
}

export interface TopologyEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: Relation;
  readonly state: LinkState;
  readonly label?: string;
  /** How many relations this edge stands for. */
  readonly count: number;
  readonly findings: readonly number[];
}

export interface TopologyGroup {
  readonly id: string;
  readonly label: string;
  /** How many hosts or namespaces of the same shape this group stands for. */
  readonly count: number;
}

export interface Topology {
  readonly groups: readonly TopologyGroup[];
  readonly nodes: readonly TopologyNode[];
  readonly edges: readonly TopologyEdge[];
}

const flows: ReadonlySet<Relation> = new Set<Relation>(["scrapes", "pushes-to", "queries", "alerts"]);
/** Below this many nodes every component is drawn by itself. */
const foldAbove = 24;
const elsewhere = "\0elsewhere";

export function topologyOf(report: Report): Topology {
  const relations = report.stack.relations.filter(isDrawn);
  const known = new Map(report.stack.components.map((component) => [component.id, component]));
  const placed = placeFindings(report);
  const nodes = [
    ...[...known.values()].map((component) =>
      nodeOf(component, placed.onNode.get(component.id) ?? [], report),
    ),
    ...outsiders(relations, known).map(externalNode),
  ];
  const edges = relations.map(
    (relation): TopologyEdge => ({
      from: relation.from,
      to: relation.to,
      kind: relation.kind,
      state: stateOf(relation),
      ...(relation.label ? { label: relation.label } : {}),
      count: 1,
      findings: placed.onLink.get(linkKey(relation.from, relation.to)) ?? [],
    }),
  );
  const groups = [...new Set(nodes.map((node) => node.group))].map((id) => ({
    id,
    label: labelOf(id),
    count: 1,
  }));
  const whole = { groups, nodes, edges };
  return nodes.length > foldAbove ? foldGroups(foldNodes(whole)) : whole;
}

/** Flows always; other relations only where one between two components is broken, because then it matters. */
function isDrawn(relation: ReportRelation): boolean {
  return flows.has(relation.kind) || relation.works === false;
}

function stateOf(relation: ReportRelation): LinkState {
  if (relation.works === undefined) return "unknown";
  return relation.works ? "works" : "broken";
}

export function groupOf(component: ReportComponent): string {
  return component.host ?? component.namespace ?? "";
}

function labelOf(group: string): string {
  return group === elsewhere ? "not looked into" : group;
}

function nodeOf(component: ReportComponent, findings: readonly number[], report: Report): TopologyNode {
  const severity = worst(findings.flatMap((index) => report.findings[index] ?? []));
  return {
    id: component.id,
    group: groupOf(component),
    kind: component.kind,
    name: component.name,
    ...(component.version ? { version: component.version } : {}),
    members: [component.id],
    external: false,
    findings,
    ...(severity ? { severity } : {}),
  };
}

function externalNode(id: string): TopologyNode {
  return { id, group: elsewhere, kind: "", name: id, members: [id], external: true, findings: [] };
}

function outsiders(relations: readonly ReportRelation[], known: ReadonlyMap<string, unknown>): string[] {
  const ends = relations.flatMap((relation) => [relation.from, relation.to]);
  return [...new Set(ends)].filter((end) => !known.has(end));
}

const ranks: readonly Severity[] = ["critical", "warning", "notice"];

function worst(findings: readonly Finding[]): Severity | undefined {
  const active = findings.filter((finding) => finding.role === "root" || finding.role === "symptom");
  return ranks.find((severity) => active.some((finding) => finding.severity === severity));
}

function linkKey(from: string, to: string): string {
  return `${from}\0${to}`;
}

interface PlacedFindings {
  readonly onNode: ReadonlyMap<string, number[]>;
  readonly onLink: ReadonlyMap<string, number[]>;
}

/** Findings name their subject in words; this finds the component or link of the picture that is meant. */
function placeFindings(report: Report): PlacedFindings {
  const onNode = new Map<string, number[]>();
  const onLink = new Map<string, number[]>();
  const finder = componentFinder(report.stack.components);
  for (const [index, finding] of report.findings.entries()) {
    const [from, to] = finding.subject.id.split(/ → | -> /);
    const ends = [from, to].map((end) => (end === undefined ? undefined : (finder.byName(end) ?? end)));
    if (finding.subject.kind === "link" && ends[0] && ends[1]) push(onLink, linkKey(ends[0], ends[1]), index);
    const component =
      finder.byName(finding.subject.id) ?? ends.find((end) => end && finder.has(end)) ?? finder.only(finding);
    if (component) push(onNode, component, index);
  }
  return { onNode, onLink };
}

function componentFinder(components: readonly ReportComponent[]) {
  const ids = new Set(components.map((component) => component.id));
  const byShortName = new Map<string, string[]>();
  const byKind = new Map<string, string[]>();
  for (const component of components) {
    for (const name of new Set([component.name, component.kind, component.id.split("/").at(-1) ?? ""])) {
      push(byShortName, name, component.id);
    }
    push(byKind, component.kind, component.id);
  }
  const unique = (found: readonly string[] | undefined) => (found?.length === 1 ? found[0] : undefined);
  return {
    has: (id: string) => ids.has(id),
    byName: (name: string) =>
      ids.has(name) ? name : unique(byShortName.get(name.split("/").at(-1) ?? name)),
    only: (finding: Finding) => unique(byKind.get(finding.component)),
  };
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** Components of one group that nothing distinguishes become one node. */
function foldNodes(topology: Topology): Topology {
  const groupOfNode = new Map(topology.nodes.map((node) => [node.id, node.group]));
  const links = linkSignatures(topology, groupOfNode, (id) => id);
  const stand = representatives(topology.nodes, (node) =>
    [node.group, node.kind, node.external, node.severity ?? "", links.get(node.id) ?? ""].join("\0"),
  );
  return merge(topology, stand, topology.groups);
}

/** Hosts or namespaces with the same components in the same state become one group. */
function foldGroups(topology: Topology): Topology {
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
