// Lays out one group: its nodes, the links among them, and ways from a node to a border that pass no other node.
import { Graph, layout } from "@dagrejs/dagre";
import type { Piece, Point } from "./path.ts";

export interface InnerNode {
  readonly key: string;
  readonly width: number;
  readonly height: number;
}

export interface InnerLink {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly labelWidth: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

export interface InnerDrawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, Box>;
  readonly links: ReadonlyMap<string, { readonly points: readonly Point[]; readonly at: Point }>;
}

const padding = { side: 18, top: 36, bottom: 16 };
const clearance = 10;

export function layoutGroup(
  nodes: readonly InnerNode[],
  links: readonly InnerLink[],
  leastWidth: number,
): InnerDrawing {
  const graph = new Graph({ directed: true, multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 20, ranksep: 60, edgesep: 14 });
  graph.setDefaultEdgeLabel(() => ({}));
  const widest = Math.max(...nodes.map((node) => node.width));
  for (const node of nodes) {
    // A column of unlinked nodes looks tidy only with one width.
    graph.setNode(`n${node.key}`, { width: links.length === 0 ? widest : node.width, height: node.height });
  }
  for (const link of links) {
    const size = { width: link.labelWidth, height: link.labelWidth > 0 ? 14 : 0, labelpos: "c" as const };
    graph.setEdge(`n${link.from}`, `n${link.to}`, size, link.key);
  }
  layout(graph);
  return toCorner(readBoxes(graph, nodes), readLinks(graph, links), leastWidth);
}

type LinkDrawing = { readonly points: readonly Point[]; readonly at: Point; readonly labelWidth: number };

function readBoxes(graph: Graph, nodes: readonly InnerNode[]): Map<string, Box> {
  return new Map(
    nodes.map(({ key }) => {
      const { x = 0, y = 0, width = 0, height = 0 } = graph.node(`n${key}`);
      return [key, { x: x - width / 2, y: y - height / 2, width, height }];
    }),
  );
}

function readLinks(graph: Graph, links: readonly InnerLink[]): Map<string, LinkDrawing> {
  return new Map(
    links.map((link) => {
      const edge = graph.edge(`n${link.from}`, `n${link.to}`, link.key) as Partial<Point> & {
        points?: Point[];
      };
      const points = (edge.points ?? []).map(({ x, y }) => ({ x, y }));
      const at = { x: edge.x ?? points[0]?.x ?? 0, y: edge.y ?? points[0]?.y ?? 0 };
      return [link.key, { points, at, labelWidth: link.labelWidth }];
    }),
  );
}

/** Moves everything so that the group's own corner is 0, 0. */
function toCorner(
  boxes: ReadonlyMap<string, Box>,
  links: ReadonlyMap<string, LinkDrawing>,
  leastWidth: number,
): InnerDrawing {
  const lines = [...links.values()];
  const xs = [
    ...[...boxes.values()].flatMap((box) => [box.x, box.x + box.width]),
    ...lines.flatMap(({ points, at, labelWidth }) => [
      ...points.map(({ x }) => x),
      at.x - labelWidth / 2,
      at.x + labelWidth / 2,
    ]),
  ];
  const ys = [
    ...[...boxes.values()].flatMap((box) => [box.y, box.y + box.height]),
    ...lines.flatMap(({ points }) => points.map(({ y }) => y)),
  ];
  const inner = Math.max(...xs) - Math.min(...xs);
  const width = Math.max(inner + 2 * padding.side, leastWidth);
  const dx = (width - inner) / 2 - Math.min(...xs);
  const dy = padding.top - Math.min(...ys);
  const moved = ({ x, y }: Point): Point => ({ x: x + dx, y: y + dy });
  return {
    width,
    height: Math.max(...ys) - Math.min(...ys) + padding.top + padding.bottom,
    nodes: new Map([...boxes].map(([key, box]) => [key, { ...box, ...moved(box) }])),
    links: new Map(
      [...links].map(([key, { points, at }]) => [key, { points: points.map(moved), at: moved(at) }]),
    ),
  };
}

/** From the right side of a node to the right border of its group; it bends where another node is in the way. */
export function wayOut(
  drawing: InnerDrawing,
  key: string,
): { readonly pieces: Piece[]; readonly port: Point } {
  const box = drawing.nodes.get(key);
  if (!box) return { pieces: [], port: { x: drawing.width, y: drawing.height / 2 } };
  const begin = { x: box.x + box.width, y: box.y + box.height / 2 };
  const ahead = [...drawing.nodes.values()].filter((other) => other !== box && other.x >= begin.x);
  if (ahead.length === 0) return { pieces: [], port: begin };
  const y = freeHeight(begin.y, ahead);
  const turn = { x: Math.min(...ahead.map((other) => other.x)) - 4, y };
  const port = { x: drawing.width, y };
  return { pieces: [{ sweep: [begin, turn] }, { bends: [turn, port] }], port };
}

/** From the left border of a group to the left side of a node. */
export function wayIn(
  drawing: InnerDrawing,
  key: string,
): { readonly pieces: Piece[]; readonly port: Point } {
  const box = drawing.nodes.get(key);
  if (!box) return { pieces: [], port: { x: 0, y: drawing.height / 2 } };
  const end = { x: box.x, y: box.y + box.height / 2 };
  const before = [...drawing.nodes.values()].filter(
    (other) => other !== box && other.x + other.width <= end.x,
  );
  if (before.length === 0) return { pieces: [], port: end };
  const y = freeHeight(end.y, before);
  const turn = { x: Math.max(...before.map((other) => other.x + other.width)) + 4, y };
  const port = { x: 0, y };
  return { pieces: [{ bends: [port, turn] }, { sweep: [turn, end] }], port };
}

/** The height nearest to `wished` at which a horizontal line touches none of the boxes. */
function freeHeight(wished: number, boxes: readonly Box[]): number {
  const isFree = (y: number) =>
    boxes.every((box) => y <= box.y - clearance + 1 || y >= box.y + box.height + clearance - 1);
  const candidates = [
    wished,
    ...boxes.flatMap((box) => [box.y - clearance, box.y + box.height + clearance]),
  ].filter(isFree);
  return candidates.reduce(
    (best, y) => (Math.abs(y - wished) < Math.abs(best - wished) ? y : best),
    candidates[0] ?? wished,
  );
}
