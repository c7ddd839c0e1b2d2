// The way of one link on paper: within its group, or out of one group, past others and into the next.
import type { TopologyEdge, TopologyNode } from "../topology.ts";
import { type Box, type InnerDrawing, wayIn, wayOut } from "./inner.ts";
import { onSweep, type Piece, type Point } from "./path.ts";

/** A link with its ends in reading order: what stands further left first. */
export interface Link {
  readonly key: string;
  readonly edge: TopologyEdge;
  readonly left: TopologyNode;
  readonly right: TopologyNode;
  readonly label: string;
  readonly labelWidth: number;
}

/** Where the groups ended up. */
export interface Placed {
  readonly corners: ReadonlyMap<string, Point>;
  /** Bends of ways that pass other groups, by `left group\0right group`. */
  readonly ways: ReadonlyMap<string, readonly Point[]>;
}

interface Route {
  readonly pieces: readonly Piece[];
  readonly middle: Point;
}

export function routeOf(
  link: Link,
  inner: ReadonlyMap<string, InnerDrawing>,
  places: Placed,
  cornerOf: (group: string) => Point,
  moved: Point,
  boxOfNode: ReadonlyMap<TopologyNode, Box>,
): Route {
  const { left, right } = link;
  if (left === right) return loop(boxOfNode.get(left) ?? { x: 0, y: 0, width: 0, height: 0 });
  const corner = cornerOf(left.group);
  if (isWithin(link)) {
    const found = inner.get(left.group)?.links.get(link.key);
    const bends = (found?.points ?? []).map((point) => shift(point, corner));
    return { pieces: [{ bends }], middle: shift(found?.at ?? { x: 0, y: 0 }, corner) };
  }
  const far = cornerOf(right.group);
  const from = inner.get(left.group);
  const to = inner.get(right.group);
  if (!from || !to) return { pieces: [], middle: corner };
  const leave = wayOut(from, left.id);
  const arrive = wayIn(to, right.id);
  const way = (places.ways.get(pairKey(link)) ?? []).map((point) => shift(point, moved));
  const stops = [shift(leave.port, corner), ...way, shift(arrive.port, far)];
  const sweeps = stops.slice(1).map((stop, index) => [stops[index] ?? stop, stop] as const);
  const last = sweeps.at(-1) ?? ([corner, far] as const);
  return {
    pieces: [
      ...leave.pieces.map((piece) => shiftPiece(piece, corner)),
      ...sweeps.map((sweep) => ({ sweep })),
      ...arrive.pieces.map((piece) => shiftPiece(piece, far)),
    ],
    middle: onSweep(last, 0.6),
  };
}

function shiftPiece(piece: Piece, by: Point): Piece {
  if ("bends" in piece) return { bends: piece.bends.map((point) => shift(point, by)) };
  return { sweep: [shift(piece.sweep[0], by), shift(piece.sweep[1], by)] };
}

/** A component that scrapes itself. */
function loop(box: Box): Route {
  const x = box.x + box.width;
  const y = box.y + box.height / 2;
  const bends = [
    { x: x - 30, y: box.y + box.height },
    { x: x - 22, y: y + 44 },
    { x: x + 26, y: y + 30 },
    { x, y: y + 8 },
  ];
  return { pieces: [{ bends }], middle: { x: x - 2, y: y + 38 } };
}

export function isWithin({ left, right }: Link): boolean {
  return left.group === right.group;
}

export function pairKey(link: Link): string {
  return `${link.left.group}\0${link.right.group}`;
}

export function shift(point: Point, by: Point): Point {
  return { x: point.x + by.x, y: point.y + by.y };
}
