type Point = readonly [x: number, y: number];

/** The path of a line through the points (`x,y x,y …`), its corners rounded. */
export function roundedPath(points: string): string {
  const corners = points.split(' ').map((point) => point.split(',').map(Number) as unknown as Point);
  return corners.map((corner, index) => bend(corners[index - 1], corner, corners[index + 1])).join('');
}

function bend(before: Point | undefined, corner: Point, after: Point | undefined): string {
  if (before === undefined) return `M${corner.join(' ')}`;
  if (after === undefined) return `L${corner.join(' ')}`;
  return `L${towards(corner, before).join(' ')}Q${corner.join(' ')} ${towards(corner, after).join(' ')}`;
}

const radius = 8;

/** Where the rounding begins, on the way from a corner to its neighbour: half of the way at most. */
function towards([x, y]: Point, [toX, toY]: Point): Point {
  const length = Math.hypot(toX - x, toY - y);
  const part = Math.min(radius, length / 2) / length;
  return [round(x + (toX - x) * part), round(y + (toY - y) * part)];
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
