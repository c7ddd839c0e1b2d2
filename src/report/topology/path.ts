// Lines of a drawing as SVG path data.

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `bends`: a smooth line along the points. `sweep`: one S-shaped curve that leaves and arrives horizontally. */
export type Piece = { readonly bends: readonly Point[] } | { readonly sweep: readonly [Point, Point] };

export function pathOf(pieces: readonly Piece[]): string {
  let data = "";
  for (const piece of pieces) {
    const points = "bends" in piece ? piece.bends : piece.sweep;
    const [first] = points;
    if (!first) continue;
    data += `${data === "" ? "M" : "L"}${at(first)}`;
    data += "bends" in piece ? smooth(points) : sweep(piece.sweep);
  }
  return data;
}

export function reversed(pieces: readonly Piece[]): Piece[] {
  return [...pieces]
    .reverse()
    .map((piece) =>
      "bends" in piece ? { bends: [...piece.bends].reverse() } : { sweep: [piece.sweep[1], piece.sweep[0]] },
    );
}

/** The point at `t` (0 to 1) of a sweep. */
export function onSweep([from, to]: readonly [Point, Point], t: number): Point {
  const rest = 1 - t;
  const middle = (from.x + to.x) / 2;
  const x = rest ** 3 * from.x + 3 * rest ** 2 * t * middle + 3 * rest * t ** 2 * middle + t ** 3 * to.x;
  const y = (rest ** 3 + 3 * rest ** 2 * t) * from.y + (3 * rest * t ** 2 + t ** 3) * to.y;
  return { x: round(x), y: round(y) };
}

/** Quadratic curves through the middles of the segments, with the bends as control points. */
function smooth(points: readonly Point[]): string {
  let data = "";
  for (let index = 1; index < points.length - 1; index++) {
    const here = points[index] as Point;
    const next = points[index + 1] as Point;
    const isLast = index === points.length - 2;
    const end = isLast ? next : { x: (here.x + next.x) / 2, y: (here.y + next.y) / 2 };
    data += `Q${at(here)} ${at(end)}`;
  }
  const [, second] = points;
  return points.length === 2 && second ? `L${at(second)}` : data;
}

function sweep([from, to]: readonly [Point, Point]): string {
  const middle = (from.x + to.x) / 2;
  return `C${at({ x: middle, y: from.y })} ${at({ x: middle, y: to.y })} ${at(to)}`;
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
