import type { AnyStateNode } from 'xstate';
import { roundedPath } from './corners.ts';
import { type DrawnEdge, edgesOf } from './drawn-edges.ts';
import { type Box, boxes, type Route, routes, size } from './places.ts';
import { type SvgNode, svg, svgNamespace } from './svg.ts';
import { childrenOf, nodesOf } from './transitions.ts';
import { wrap } from './wrap.ts';

/**
 * The whole chart: every state and every edge of the machine, at fixed places. A state is
 * `[data-state="reconnecting.waiting"]`, an edge `[data-edge="idle > authenticating"]`.
 * Throws an error that lists what of the machine has no place, and what has one and is not in the machine.
 */
export function drawChart(root: AnyStateNode): SvgNode {
  const states = nodesOf(root).filter((node) => node !== root);
  const edges = edgesOf(root);
  assertPlaced('boxes', states.map(pathOf), boxes);
  assertPlaced(
    'routes',
    edges.map(({ name }) => name),
    routes,
  );
  const names = childrenOf(root).map(({ key }) => key);
  return svg(
    'svg',
    {
      xmlns: svgNamespace,
      viewBox: `0 0 ${size.width} ${size.height}`,
      role: 'img',
      'aria-label': `State chart of a connection: ${names.join(', ')}`,
    },
    svg('defs', {}, ...['arrow', 'arrow-last'].map(marker)),
    ...states.map(drawState),
    ...edges.map(drawEdge),
  );
}

function pathOf(node: AnyStateNode): string {
  return node.path.join('.');
}

function assertPlaced(
  what: string,
  found: readonly string[],
  placed: Readonly<Record<string, unknown>>,
): void {
  const missing = found.filter((name) => !Object.hasOwn(placed, name));
  const surplus = Object.keys(placed).filter((name) => !found.includes(name));
  if (missing.length + surplus.length === 0) return;
  const list = [
    ...missing.map((name) => `- in the machine, without a place: ${name}`),
    ...surplus.map((name) => `- has a place, and is not in the machine: ${name}`),
  ];
  throw new Error(
    `The drawing and the machine differ; put \`${what}\` in src/inspect/chart/places.ts right:\n${list.join('\n')}`,
  );
}

function marker(id: string): SvgNode {
  const box = { viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' };
  return svg('marker', { id, ...box }, svg('path', { class: id, d: 'M0 .5 8 4 0 7.5z' }));
}

function drawState(node: AnyStateNode): SvgNode {
  const [x, y, width, height] = boxes[pathOf(node)] as Box;
  const isLeaf = childrenOf(node).length === 0;
  const kinds = [
    'state',
    ...(node.path.length === 1 ? ['top'] : []),
    ...(isLeaf ? ['leaf'] : []),
    ...(node.parent?.type === 'parallel' ? ['region'] : []),
  ];
  const place = isLeaf
    ? { x: x + width / 2, y: y + height / 2, 'text-anchor': 'middle' }
    : { x: x + 10, y: y + 12 };
  return svg(
    'g',
    { class: kinds.join(' '), 'data-state': pathOf(node) },
    ...titleOf(node.description),
    svg('rect', { x, y, width, height, rx: node.path.length === 1 ? 10 : 6 }),
    svg('text', { ...place, 'dominant-baseline': 'central' }, node.key),
  );
}

function drawEdge({ name, lines }: DrawnEdge): SvgNode {
  const { points, label } = routes[name] as Route;
  return svg(
    'g',
    { class: 'edge', 'data-edge': name },
    ...titleOf(lines.length === 0 ? name : `${name}: ${lines.join(', ')}`),
    svg('path', { d: roundedPath(points) }),
    ...(label === undefined ? [] : [wordsOf(lines, label)]),
  );
}

function wordsOf(
  lines: readonly string[],
  { at: [x, y], anchor, width }: NonNullable<Route['label']>,
): SvgNode {
  const wrapped = lines.flatMap((line) => wrap(line, width));
  const spans = wrapped.map((line, index) => svg('tspan', { x, dy: index === 0 ? 0 : 11 }, line));
  return svg('text', { x, y, 'text-anchor': anchor }, ...spans);
}

/** What a browser shows when the pointer rests on it, and a screen reader reads. */
function titleOf(text: string | undefined): SvgNode[] {
  return text === undefined ? [] : [svg('title', {}, text)];
}
