import { describe, expect, test } from 'vitest';
import { type AnyStateNode, createMachine } from 'xstate';
import { type DirectedGraphEdge, type DirectedGraphNode, toDirectedGraph } from 'xstate/graph';
import { connectionMachine } from '../../../../machines/connection.ts';
import { drawChart } from '../../../../src/inspect/chart/drawing.ts';
import { type Box, boxes, routes, size } from '../../../../src/inspect/chart/places.ts';
import { toText } from '../../../../src/inspect/chart/svg.ts';

const text = toText(drawChart(connectionMachine.root));

function marked(attribute: string): string[] {
  const found = [...text.matchAll(new RegExp(`${attribute}="([^"]*)"`, 'g'))];
  return found.map(([, value = '']) => value.replaceAll('&gt;', '>'));
}

/** Read from XState's own graph instead of from our walk. */
function graph(): { states: string[]; edges: Set<string> } {
  const states: string[] = [];
  const edges = new Set<string>();
  const visit = (node: DirectedGraphNode): void => {
    const path = node.stateNode.path.join('.');
    if (path !== '') states.push(path);
    for (const edge of node.edges) if (leadsSomewhere(edge)) edges.add(drawnAs(edge.source, edge.target));
    // XState's graph leaves these out.
    for (const { target } of node.stateNode.always ?? []) {
      if (target?.[0] !== undefined) edges.add(drawnAs(node.stateNode, target[0]));
    }
    for (const child of node.children) visit(child);
  };
  visit(toDirectedGraph(connectionMachine));
  return { states, edges };
}

/** Where a transition has no target, XState's graph shows an edge from a state to itself. */
function leadsSomewhere({ transition }: DirectedGraphEdge): boolean {
  return (transition.target?.length ?? 0) > 0;
}

function drawnAs(source: AnyStateNode, target: AnyStateNode): string {
  const [from, to] = [source.path, target.path];
  if (from.length === 0) return `* > ${to[0]}`;
  let shared = 0;
  while (shared < from.length - 1 && shared < to.length - 1 && from[shared] === to[shared]) shared += 1;
  return `${from.slice(0, shared + 1).join('.')} > ${to.slice(0, shared + 1).join('.')}`;
}

describe('[IN-3] the drawing of the whole chart', () => {
  test('has every state of the machine, and no other', () => {
    expect(marked('data-state').sort()).toEqual(graph().states.sort());
  });

  test('has every edge of the machine, and no other', () => {
    expect(marked('data-edge').sort()).toEqual([...graph().edges].sort());
  });

  test('says on every edge between the six states what leads along it', () => {
    const outer = Object.keys(routes).filter((name) => !name.includes('.'));
    expect(outer.length).toBeGreaterThan(15);
    for (const name of outer) expect(routes[name]?.label, name).toBeDefined();
  });

  test('is the same every time', () => {
    expect(toText(drawChart(connectionMachine.root))).toBe(text);
  });

  const { states } = connectionMachine.config;

  test.each([
    ['a state', { ...states, napping: {} }, 'in the machine, without a place: napping'],
    [
      'an edge',
      { ...states, idle: { ...states?.['idle'], on: { ...states?.['idle']?.on, nap: '#exhausted' } } },
      'in the machine, without a place: idle > exhausted',
    ],
  ])('fails, and says so, when the machine has %s that is placed nowhere', (_, planted, said) => {
    const { root } = createMachine({ ...connectionMachine.config, states: planted } as never);
    expect(() => drawChart(root)).toThrow(said);
  });

  test('fails when something is placed that the machine does not have', () => {
    const { root } = createMachine({ initial: 'idle', states: { idle: {} } });
    expect(() => drawChart(root)).toThrow('has a place, and is not in the machine: exhausted');
  });
});

describe('[IN-3] the places', () => {
  const inner = Object.entries(boxes);

  test.each(inner)('%s lies within the state around it, and overlaps none beside it', (path, box) => {
    const around = parentOf(path);
    const outer = around === '' ? ([0, 0, size.width, size.height] as const) : (boxes[around] as Box);
    expect(isWithin(box, outer)).toBe(true);
    const beside = inner.filter(([other]) => other !== path && parentOf(other) === around);
    for (const [other, place] of beside) expect(overlaps(box, place), other).toBe(false);
  });

  test.each(Object.entries(routes))(
    'the arrow %s begins and ends at the edges of its states',
    (name, { points }) => {
      const [from = '', to = ''] = name.split(' > ');
      const corners = points.split(' ').map((point) => point.split(',').map(Number) as [number, number]);
      const [first, last] = [corners[0], corners.at(-1)];
      if (from !== '*')
        expect(isOnBorder(first as [number, number], boxes[from] as Box), 'begins').toBe(true);
      expect(isOnBorder(last as [number, number], boxes[to] as Box), 'ends').toBe(true);
    },
  );
});

function parentOf(path: string): string {
  return path.split('.').slice(0, -1).join('.');
}

function isWithin([x, y, width, height]: Box, [ox, oy, owidth, oheight]: Box): boolean {
  return x >= ox && y >= oy && x + width <= ox + owidth && y + height <= oy + oheight;
}

function overlaps([x, y, width, height]: Box, [ox, oy, owidth, oheight]: Box): boolean {
  return x < ox + owidth && ox < x + width && y < oy + oheight && oy < y + height;
}

function isOnBorder([px, py]: readonly [number, number], [x, y, width, height]: Box): boolean {
  const isBeside = px === x || px === x + width;
  const isAbove = py === y || py === y + height;
  return (isBeside && py >= y && py <= y + height) || (isAbove && px >= x && px <= x + width);
}
