import { describe, expect, test } from 'vitest';
import type { StateNode } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionContext } from '../../machines/context.ts';
import { alphabet, alphabetIsComplete, type ConnectionEvent } from '../../machines/events.ts';

type Node = StateNode<ConnectionContext, ConnectionEvent>;
type Edge = Node['transitions'] extends Map<string, (infer T)[]> ? T : never;

const root = connectionMachine.root as unknown as Node;
const nodes = withDescendants(root);
const below = nodes.filter((node) => node !== root);
const isPassing = (node: Node) => (node.always?.length ?? 0) > 0;
const resting = below.filter(({ type, ...node }) => type === 'atomic' && !isPassing(node as Node));

function withDescendants(node: Node): Node[] {
  return [node, ...Object.values(node.states).flatMap((child) => withDescendants(child as Node))];
}

function withAncestors(node: Node | undefined): Node[] {
  return node === undefined ? [] : [node, ...withAncestors(node.parent as Node | undefined)];
}

/** Every transition written on the node itself: of events, of delays, and in passing. */
function edgesOf(node: Node): Edge[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])] as Edge[];
}

function targetsOf(edge: Edge): Node[] {
  return (edge.target ?? []) as unknown as Node[];
}

function nameOf(reference: unknown): string | null {
  if (typeof reference === 'string') return reference;
  if (typeof reference === 'object' && reference !== null && 'type' in reference)
    return String(reference.type);
  return null;
}

/** Names of guards, actions, delays and actors as the chart's configuration spells them. */
function namesIn(node: Node) {
  const edges = edgesOf(node);
  const list = (given: unknown) =>
    (Array.isArray(given) ? given : [given]).filter((each) => each !== undefined);
  return {
    guards: edges.map(({ guard }) => guard).filter((guard) => guard !== undefined),
    actions: [
      ...edges.flatMap(({ actions }) => list(actions)),
      ...list(node.config.entry),
      ...list(node.config.exit),
    ],
    delays: Object.keys(node.config.after ?? {}),
    actors: node.invoke.map(({ src }) => src),
  };
}

describe('the chart', () => {
  test('[LC-1] has exactly six top-level states', () => {
    expect(Object.keys(root.states)).toEqual([
      'idle',
      'authenticating',
      'connected',
      'reconnecting',
      'auth-failed',
      'exhausted',
    ]);
  });

  test('[LC-7] has four regions in connected', () => {
    const { connected } = root.states;
    expect(connected?.type).toBe('parallel');
    expect(Object.keys(connected?.states ?? {})).toEqual(['session', 'stability', 'health', 'renewal']);
    expect(Object.keys(connected?.states['session']?.states ?? {})).toEqual(['restoring', 'live']);
    expect(Object.keys(connected?.states['stability']?.states ?? {})).toEqual(['unproven', 'proven']);
  });

  test('[LC-11] has states to walk and an alphabet that leaves nothing out', () => {
    expect(resting.length).toBeGreaterThan(12);
    expect(new Set(alphabet).size).toBe(27);
    expect(alphabetIsComplete).toBe(true);
  });

  describe.each(resting.map((node) => [node.path.join('.'), node] as const))('in %s', (_, node) => {
    test.each(alphabet)('[LC-11] %s is declared', (event) => {
      const declared = withAncestors(node).some(({ transitions }) => transitions.has(event));
      expect(declared).toBe(true);
    });
  });

  test('[LC-11] knows no event but those of the alphabet, and no wildcard', () => {
    const told = nodes.flatMap(({ config }) => Object.keys(config.on ?? {}));
    expect([...new Set(told)].sort()).toEqual([...alphabet].sort());
  });

  test('[LC-11] gives a reason wherever it ignores an event', () => {
    const ignored = nodes
      .flatMap(edgesOf)
      .filter((edge) => targetsOf(edge).length === 0 && edge.actions.length === 0);
    expect(ignored.length).toBeGreaterThan(30);
    for (const edge of ignored) {
      expect(edge.description, `${edge.source.id} ${edge.eventType}`).toMatch(/\w.+\.$/);
    }
  });

  test('[LC-13] ends a loop among the passing states with an error instead of hanging', () => {
    expect(connectionMachine.options).toMatchObject({ maxIterations: 100 });
  });

  test('describes states and moves in sentences', () => {
    const described = nodes.flatMap((node) => [node, ...edgesOf(node)]).map(({ description }) => description);
    const sentences = described.filter((description) => description !== undefined);
    expect(sentences.length).toBeGreaterThan(60);
    for (const sentence of sentences) expect(sentence).toMatch(/^\S.+[^ ]\.$/);
  });

  test('[LC-3, LC-8, LC-9] tags the states that nothing but a word from outside ends', () => {
    const tagged = nodes.filter(({ tags }) => tags.length > 0);
    expect(tagged.map(({ id, tags }) => [id, tags])).toEqual([
      ['idle', ['resting']],
      ['auth-failed', ['resting']],
      ['exhausted', ['resting']],
    ]);
  });

  test('[LC-11] has no state that cannot be reached', () => {
    const reached = new Set<Node>();
    const mark = (node: Node): void => {
      if (reached.has(node)) return;
      reached.add(node);
      for (const edge of edgesOf(node)) for (const target of targetsOf(edge)) enter(target);
      if (node.parent === undefined) return;
      const parent = node.parent as Node;
      mark(parent);
      if (parent.type === 'parallel')
        for (const region of Object.values(parent.states)) enter(region as Node);
    };
    const enter = (node: Node): void => {
      mark(node);
      const inner = node.type === 'parallel' ? Object.values(node.states) : targetsOf(node.initial as never);
      for (const child of inner as Node[]) if (!reached.has(child)) enter(child);
    };
    enter(root);
    expect(nodes.filter((node) => !reached.has(node)).map(({ id }) => id)).toEqual([]);
  });

  test('[LC-11] has no state without an exit', () => {
    const closed = below.filter((node) => {
      const inside = new Set(withDescendants(node));
      const within = [...inside, ...withAncestors(node)].filter((each) => each !== root);
      const outward = within.flatMap(edgesOf);
      return !outward.some((edge) => targetsOf(edge).some((target) => !inside.has(target)));
    });
    expect(closed.map(({ id }) => id)).toEqual([]);
  });

  test.each(Object.keys(root.states))('[LC-1, LC-11] %s can be left by what is written on it', (name) => {
    const state = root.states[name] as Node;
    const leavesTo = withDescendants(state)
      .flatMap(edgesOf)
      .flatMap(targetsOf)
      .map(({ path }) => path[0])
      .filter((top) => top !== name);
    expect(leavesTo).not.toEqual([]);
  });

  describe.each(['guards', 'actions', 'delays', 'actors'] as const)('names only %s that exist', (kind) => {
    const implemented = Object.keys(connectionMachine.implementations[kind]);
    // What XState itself provides, such as `raise`, comes as a function.
    const used = new Set(
      nodes
        .flatMap((node): unknown[] => namesIn(node)[kind])
        .filter((reference) => typeof reference !== 'function')
        .map(nameOf),
    );

    test(`[LC-11] every name of ${kind} in the chart is implemented`, () => {
      expect([...used].filter((name) => name === null || !implemented.includes(name))).toEqual([]);
    });

    test(`[LC-11] everything implemented of ${kind} is used in the chart`, () => {
      expect(implemented.filter((name) => !used.has(name))).toEqual([]);
      expect(implemented).not.toEqual([]);
    });
  });

  const ofAttempts = alphabet.filter((event) =>
    /^(link|credential|restoring|inbox|probe|renewal)\./.test(event),
  );
  test('[LK-2, CR-5] asks whether an event of an attempt is stale before it acts on it', () => {
    expect(ofAttempts).toHaveLength(14);
    const careless = nodes.flatMap((node) =>
      ofAttempts
        .map((event) => (node.transitions.get(event) ?? []) as Edge[])
        .filter((edges) => edges.some((edge) => targetsOf(edge).length > 0 || edge.actions.length > 0))
        .filter(([first]) => nameOf(first?.guard) !== 'isStale' || targetsOf(first as Edge).length > 0)
        .map(([first]) => `${node.id} ${first?.eventType}`),
    );
    expect(careless).toEqual([]);
  });

  test('[LK-2, CR-5] has nothing happen for a stale event', () => {
    const rows = nodes.flatMap(edgesOf).filter(({ guard }) => nameOf(guard) === 'isStale');
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter((edge) => targetsOf(edge).length > 0 || edge.actions.length > 0)).toEqual([]);
  });

  test('[LC-2, CR-5] has one gate: whatever dials, makes a new epoch of it and asks the provider', () => {
    const dials = (node: Node) =>
      namesIn(node).actions.filter((action) => nameOf(action) === 'dial').length > 0;
    const gates = nodes.filter(dials);
    expect(gates.map(({ path }) => path.join('.'))).toEqual([
      'authenticating.credential',
      'reconnecting.credential',
    ]);
    for (const { config, invoke } of gates) {
      expect([config.entry].flat().slice(0, 2)).toEqual(['nextEpoch', 'dial']);
      expect(invoke.map(({ src }) => src)).toEqual(['provider']);
    }
    // And nobody presents a credential but for the attempt that asked for it.
    const presenting = nodes
      .flatMap(edgesOf)
      .filter(({ actions }) => actions.some((each) => nameOf(each) === 'authenticate'));
    expect(new Set(presenting.map(({ eventType }) => eventType))).toEqual(new Set(['credential.granted']));
  });

  test('[LC-9, LC-3] has no timer and no call of the provider in a state at rest', () => {
    for (const name of ['idle', 'auth-failed', 'exhausted']) {
      const state = root.states[name] as Node;
      expect(state.invoke, name).toEqual([]);
      expect(state.after, name).toEqual([]);
      expect(isPassing(state), name).toBe(false);
    }
  });
});
