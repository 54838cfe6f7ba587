import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { type DirectedGraphNode, toDirectedGraph } from 'xstate/graph';
import { connectionMachine } from '../../machines/connection.ts';
import { topLevelEdges } from '../../src/inspect/chart/edges.ts';
import { guardPhrases } from '../../src/inspect/chart/labels.ts';
import { childrenOf, rowsOf } from '../../src/inspect/chart/transitions.ts';
import { drawTopLevel, drawWithin } from '../../tools/diagram/mermaid.ts';
import { drawings } from '../../tools/diagram.ts';
import { findDrift } from '../../tools/generated.ts';
import { plantTree } from './tree.ts';

const { root } = connectionMachine;
const states = ['idle', 'authenticating', 'connected', 'reconnecting', 'auth-failed', 'exhausted'];

/** Top-level pairs, read from XState's own graph instead of from our walk. */
function pairsOfGraph(): Set<string> {
  const pairs = new Set<string>();
  const visit = ({ edges, children }: DirectedGraphNode): void => {
    for (const { source, target } of edges) {
      // What the root does without a target leads from the root to itself.
      if (target.parent === undefined) continue;
      const sources = source.path[0] === undefined ? states : [source.path[0]];
      for (const from of sources) if (from !== target.path[0]) pairs.add(`${from} → ${target.path[0]}`);
    }
    for (const child of children) visit(child);
  };
  visit(toDirectedGraph(connectionMachine));
  return pairs;
}

const arrow = /^ {2}(\w+) --> (\w+)(?: : .+)?$/gm;

function pairsOfText(text: string): Set<string> {
  return new Set([...text.matchAll(arrow)].map(([, from = '', to = '']) => `${key(from)} → ${key(to)}`));
}

function key(id: string): string {
  return id.replace('_', '-');
}

describe('[LC-1, IN-3] the drawing of the six states', () => {
  test('has every edge of the machine, and no other', () => {
    expect([...pairsOfText(drawTopLevel(root))].sort()).toEqual([...pairsOfGraph()].sort());
  });

  test('has the six states, and begins in idle', () => {
    const text = drawTopLevel(root);
    expect([...text.matchAll(/state "(.+)" as/g)].map(([, name]) => name)).toEqual(states);
    expect(text).toContain('[*] --> idle\n');
  });

  test('says on every edge what leads along it', () => {
    for (const { from, to, lines } of topLevelEdges(root)) {
      expect(lines.join(), `${from.key} → ${to.key}`).toMatch(/\w/);
    }
  });

  test('is the same every time', () => {
    expect(drawTopLevel(root)).toBe(drawTopLevel(root));
  });
});

describe('[IN-3] a drawing is text that Mermaid takes', () => {
  const lines = [
    /^stateDiagram-v2$/,
    /^direction LR$/,
    /^state "[^":;#]+" as \w+( \{)?$/,
    /^\[\*\] --> \w+$/,
    /^\w+ --> \w+( : [^:;#\n]+)?$/,
    /^--$/,
    /^\}$/,
  ];
  const composed = childrenOf(root).filter((state) => childrenOf(state).length > 0);
  const texts = [drawTopLevel(root), ...composed.map((state) => drawWithin(root, state))];

  test.each(texts)('line by line', (text) => {
    for (const line of text.split('\n')) {
      expect(
        lines.some((form) => form.test(line.trim())),
        line,
      ).toBe(true);
    }
    expect(text.match(/\{$/gm)?.length ?? 0).toBe(text.match(/\}$/gm)?.length ?? 0);
  });

  test.each(texts)('without an arrow to a state that is not there', (text) => {
    const declared = new Set([...text.matchAll(/as (\w+)/g)].map(([, id]) => id));
    for (const [, from, to] of text.matchAll(/(\w+) --> (\w+)/g)) {
      expect(declared).toContain(from);
      expect(declared).toContain(to);
    }
  });
});

describe('an edge', () => {
  const edges = (config: Parameters<typeof createMachine>[0]) =>
    topLevelEdges(createMachine(config).root).map(
      ({ from, to, lines }) => `${from.key} → ${to.key}: ${lines.join('<br/>')}`,
    );

  test('joins methods and signals, and keeps conditions apart', () => {
    expect(
      edges({
        initial: 'a',
        states: {
          a: {
            on: {
              'user.connect': 'b',
              'user.credential-changed': 'b',
              'world.online': { target: 'b', guard: 'isWanted' },
              'link.lost': 'b',
            },
          },
          b: {},
        },
      }),
    ).toEqual(['a → b: connect(), credentialChanged()<br/>online if wanted<br/>link lost']);
  });

  test('counts what happens deep inside a state as its own, and leaves out what stays there', () => {
    expect(
      edges({
        initial: 'a',
        states: {
          a: { initial: 'x', states: { x: { after: { wait: '#b' }, on: { 'link.lost': 'y' } }, y: {} } },
          b: { id: 'b', always: { target: 'b', guard: 'isOdd' } },
        },
      }),
    ).toEqual(['a → b: after wait']);
  });

  test('of the root holds in every state but those with a word of their own', () => {
    expect(
      edges({
        initial: 'a',
        on: { 'user.retry': '.b' },
        states: { a: {}, b: {}, c: { on: { 'user.retry': {} } } },
      }),
    ).toEqual(['a → b: retry()']);
  });

  test('does not name a condition beside the same event without one', () => {
    expect(
      edges({
        initial: 'a',
        states: { a: { on: { 'link.lost': [{ guard: 'isX', target: 'b' }, { target: 'b' }] } }, b: {} },
      }),
    ).toEqual(['a → b: link lost']);
  });
});

test('every phrase for a guard belongs to a guard of the machine', () => {
  const guards = new Set(rowsOf(root).map(({ guard }) => guard));
  for (const guard of Object.keys(guardPhrases)) expect(guards).toContain(guard);
});

describe('[IN-3] the check', () => {
  const readme = '# x\n<!-- chart:begin -->\n<!-- chart:end -->\nrest\n';

  test('passes on what was written, and leaves the rest of the file alone', () => {
    const base = plantTree({ 'README.md': readme });
    expect(findDrift(base, drawings(), { write: true })).toEqual([
      'README.md',
      'docs/chart.md',
      'docs/chart.svg',
    ]);
    expect(findDrift(base, drawings())).toEqual([]);
  });

  test('tells which file differs after the machine changed', () => {
    const base = plantTree({ 'README.md': readme });
    findDrift(base, drawings(), { write: true });
    const { states } = connectionMachine.config;
    const exhausted = { ...states?.['exhausted'], on: { 'user.connect': '#authenticating' } };
    const other = createMachine({ ...connectionMachine.config, states: { ...states, exhausted } } as never);
    expect(findDrift(base, drawings(other as never))).toEqual([
      'README.md',
      'docs/chart.md',
      'docs/chart.svg',
    ]);
  });

  test('says what a file without its markers needs', () => {
    const base = plantTree({ 'README.md': '# x\n' });
    expect(() => findDrift(base, drawings())).toThrow('README.md needs the lines <!-- chart:begin -->');
  });
});
