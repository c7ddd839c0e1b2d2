// Gives every node, group and link of a topology a place on paper: groups are laid out inside first, then side by side.
import { Graph, layout } from "@dagrejs/dagre";
import { columns, elideEnd } from "../text/width.ts";
import type { Topology, TopologyEdge, TopologyGroup, TopologyNode } from "../topology.ts";
import { type Box, type InnerDrawing, layoutGroup } from "./inner.ts";
import { type Point, pathOf, reversed, round } from "./path.ts";
import { isWithin, type Link, type Placed, pairKey, routeOf, shift } from "./route.ts";

export interface DrawnNode extends Box {
  readonly node: TopologyNode;
  readonly title: string;
  readonly detail: string;
}

export interface DrawnEdge {
  readonly edge: TopologyEdge;
  /** SVG path data from the one who acts to the one acted upon. */
  readonly path: string;
  readonly middle: Point;
  readonly label?: { readonly text: string; readonly width: number };
}

export interface DrawnGroup extends Box {
  readonly group: TopologyGroup;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly groups: readonly DrawnGroup[];
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

const nodeHeight = 46;
const titleColumns = 26;
const labelColumns = 34;
const margin = 12;
/** Labels on every link stop being readable beyond this many links; broken ones keep theirs. */
const crowdedFrom = 30;
/** Beyond this a layout takes seconds and shows nothing; the page lists the links instead. */
const mostNodes = 260;
const mostEdges = 900;

interface Face {
  readonly title: string;
  readonly detail: string;
  readonly width: number;
}

/** Undefined when there is nothing to draw, or more than a picture can show. */
export function layoutTopology(topology: Topology): Drawing | undefined {
  if (topology.nodes.length === 0) return undefined;
  if (topology.nodes.length > mostNodes || topology.edges.length > mostEdges) return undefined;
  const faces = new Map(topology.nodes.map((node) => [node, faceOf(node)]));
  const order = columnsOfGroups(topology);
  const links = linksOf(topology, order);
  const inner = new Map(
    topology.groups.map((group) => [group.id, innerOf(group, topology, links, faces)] as const),
  );
  const places = placeGroups(topology, links, inner);
  return draw(topology, links, faces, inner, places);
}

function faceOf(node: TopologyNode): Face {
  const many = node.members.length;
  const title = elideEnd(many > 1 ? `${many} × ${node.kind}` : node.name, titleColumns, "…");
  const kind = node.kind === node.name || many > 1 ? "" : node.kind;
  const detail = elideEnd([kind, node.version].filter(Boolean).join(" "), titleColumns + 4, "…");
  return {
    title,
    detail,
    width: round(Math.max(112, columns(title) * 7.7 + 40, columns(detail) * 6.5 + 40)),
  };
}

/** Who pushes stands on the side of those that are scraped, so that agents line up beyond the servers. */
function isTurned(edge: TopologyEdge): boolean {
  return edge.kind === "pushes-to";
}

/** A first layout of the groups alone, which decides who stands left of whom. */
function columnsOfGroups(topology: Topology): ReadonlyMap<string, number> {
  const graph = groupGraph(topology.groups.map((group) => [group.id, { width: 200, height: 100 }]));
  const groupOf = new Map(topology.nodes.map((node) => [node.id, node.group]));
  const keys = new Map(topology.groups.map((group, index) => [group.id, `g${index}`]));
  for (const edge of topology.edges) {
    const from = keys.get(groupOf.get(isTurned(edge) ? edge.to : edge.from) ?? "");
    const to = keys.get(groupOf.get(isTurned(edge) ? edge.from : edge.to) ?? "");
    if (from && to && from !== to) graph.setEdge(from, to, { weight: 1 });
  }
  layout(graph);
  return new Map(topology.groups.map((group, index) => [group.id, graph.node(`g${index}`).x ?? 0]));
}

function groupGraph(sizes: readonly (readonly [string, { width: number; height: number }])[]): Graph {
  const graph = new Graph({ directed: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 170, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [index, [, size]] of sizes.entries()) graph.setNode(`g${index}`, { ...size });
  return graph;
}

function linksOf(topology: Topology, order: ReadonlyMap<string, number>): Link[] {
  const byId = new Map(topology.nodes.map((node) => [node.id, node]));
  const crowded = topology.edges.length > crowdedFrom;
  return topology.edges.flatMap((edge, index): Link[] => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    if (!from || !to) return [];
    const label = labelOf(edge, crowded);
    const shared = { key: `e${index}`, edge, label, labelWidth: round(columns(label) * 6.2) };
    const apart = (order.get(from.group) ?? 0) - (order.get(to.group) ?? 0);
    const turned = from.group === to.group ? isTurned(edge) : apart > 0;
    return [turned ? { ...shared, left: to, right: from } : { ...shared, left: from, right: to }];
  });
}

function labelOf(edge: TopologyEdge, crowded: boolean): string {
  if (edge.from === edge.to || (crowded && edge.state !== "broken")) return "";
  const count = edge.count > 1 ? `${edge.count} × ` : "";
  const word = edge.kind.replaceAll("-", " ");
  return elideEnd(`${count}${edge.state === "broken" && edge.label ? edge.label : word}`, labelColumns, "…");
}

function innerOf(
  group: TopologyGroup,
  topology: Topology,
  links: readonly Link[],
  faces: ReadonlyMap<TopologyNode, Face>,
): InnerDrawing {
  const members = topology.nodes.filter((node) => node.group === group.id);
  return layoutGroup(
    members.map((node) => ({ key: node.id, width: faces.get(node)?.width ?? 0, height: nodeHeight })),
    links
      .filter((link) => isWithin(link) && link.left.group === group.id && link.left !== link.right)
      .map((link) => ({ key: link.key, from: link.left.id, to: link.right.id, labelWidth: link.labelWidth })),
    Math.min(columns(group.label) * 7.4 + 28, 320),
  );
}

function placeGroups(
  topology: Topology,
  links: readonly Link[],
  inner: ReadonlyMap<string, InnerDrawing>,
): Placed {
  const sizes = topology.groups.map((group) => {
    const { width = 0, height = 0 } = inner.get(group.id) ?? {};
    return [group.id, { width, height }] as const;
  });
  const graph = groupGraph(sizes);
  const keys = new Map(topology.groups.map((group, index) => [group.id, `g${index}`]));
  const pairs = new Map<string, readonly [string, string]>();
  for (const link of links) {
    if (!isWithin(link)) pairs.set(pairKey(link), [link.left.group, link.right.group]);
  }
  for (const [left, right] of pairs.values()) graph.setEdge(keys.get(left) ?? "", keys.get(right) ?? "", {});
  layout(graph);
  const corners = sizes.map(([id, size], index): [string, Point] => {
    const { x = 0, y = 0 } = graph.node(`g${index}`);
    return [id, { x: x - size.width / 2, y: y - size.height / 2 }];
  });
  const ways = [...pairs].map(([key, [left, right]]): [string, Point[]] => {
    const edge = graph.edge(keys.get(left) ?? "", keys.get(right) ?? "") as { points?: Point[] } | undefined;
    const points = edge?.points ?? [];
    // Three points are start, middle and end of a way between neighbouring columns, which needs no bend.
    return [key, points.length > 3 ? points.slice(1, -1).map(({ x, y }) => ({ x, y })) : []];
  });
  return { corners: new Map(corners), ways: new Map(ways) };
}

function draw(
  topology: Topology,
  links: readonly Link[],
  faces: ReadonlyMap<TopologyNode, Face>,
  inner: ReadonlyMap<string, InnerDrawing>,
  places: Placed,
): Drawing {
  const boxes = [...places.corners].map(([id, corner]) => ({
    corner,
    ...(inner.get(id) ?? { width: 0, height: 0 }),
  }));
  const dx = margin - Math.min(...boxes.map(({ corner }) => corner.x));
  const dy = margin - Math.min(...boxes.map(({ corner }) => corner.y));
  const cornerOf = (group: string): Point => {
    const { x, y } = places.corners.get(group) ?? { x: 0, y: 0 };
    return { x: x + dx, y: y + dy };
  };
  const groups = topology.groups.map((group): DrawnGroup => {
    const { width = 0, height = 0 } = inner.get(group.id) ?? {};
    return { group, ...rounded({ ...cornerOf(group.id), width, height }) };
  });
  const nodes = topology.nodes.map((node): DrawnNode => {
    const face = faces.get(node) ?? { title: "", detail: "", width: 0 };
    const box = inner.get(node.group)?.nodes.get(node.id) ?? { x: 0, y: 0, width: 0, height: 0 };
    const at = { ...box, ...shift(box, cornerOf(node.group)) };
    return { node, title: face.title, detail: face.detail, ...rounded(at) };
  });
  const boxOfNode = new Map(nodes.map((drawn) => [drawn.node, drawn]));
  const edges = links.map((link): DrawnEdge => {
    const route = routeOf(link, inner, places, cornerOf, { x: dx, y: dy }, boxOfNode);
    const turned = link.left.id !== link.edge.from;
    return {
      edge: link.edge,
      path: pathOf(turned ? reversed(route.pieces) : route.pieces),
      middle: { x: round(route.middle.x), y: round(route.middle.y) },
      ...(link.label ? { label: { text: link.label, width: link.labelWidth } } : {}),
    };
  });
  return {
    width: Math.ceil(Math.max(...groups.map((box) => box.x + box.width)) + margin),
    height: Math.ceil(Math.max(...groups.map((box) => box.y + box.height)) + margin),
    groups: groups.filter(({ group }) => group.label !== ""),
    nodes,
    edges,
  };
}

function rounded<B extends Box>(box: B): B {
  return { ...box, x: round(box.x), y: round(box.y), width: round(box.width), height: round(box.height) };
}
