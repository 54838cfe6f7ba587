import { beforeEach, expect, test, vi } from 'vitest';
import type { LoadNews } from '../../../examples/cluster/client/load.ts';
import type { Kill } from '../../../examples/cluster/play/killer.ts';
import { PresenceWatch } from '../../../examples/cluster/play/presence-watch.ts';
import type { Seat } from '../../../examples/cluster/processes/nodes.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  return () => vi.useRealTimers();
});

/** A node that thinks what the test says; `null`: it is dead. */
function node(name: string, thinks: () => Record<string, boolean> | null): Seat {
  return {
    name,
    port: 0,
    isUp: true,
    start: async () => {},
    kill: async () => {},
    online: async () => thinks(),
  };
}

const news = (user: string, is: LoadNews['is']): LoadNews => ({ user, is, at: Date.now() });

test('[SV-7, SV-3] every node that lives is held against where users are', async () => {
  const watch = new PresenceWatch([
    node('node 1', () => ({ alice: true, bob: true })),
    node('node 2', () => null),
    node('node 3', () => ({ alice: false, bob: false })),
  ]);
  watch.note(news('alice', 'here'));
  watch.note(news('bob', 'away'));
  expect(await watch.look()).toEqual([
    { node: 'node 1', user: 'alice', isOnline: true, isHere: true },
    { node: 'node 1', user: 'bob', isOnline: true, isHere: false },
    { node: 'node 3', user: 'alice', isOnline: false, isHere: true },
    { node: 'node 3', user: 'bob', isOnline: false, isHere: false },
  ]);
});

test('[SV-7, SV-3] of who is on the way, or moves while the nodes are asked, nobody can be wrong', async () => {
  const watch = new PresenceWatch([
    node('node 1', () => {
      watch.note(news('bob', 'away'));
      return { alice: false, bob: true };
    }),
  ]);
  watch.note(news('alice', 'between'));
  watch.note(news('bob', 'here'));
  expect(await watch.look()).toEqual([]);
});

test('[SV-7, SV-3] a node is wrong from the kill, or from the last move, to the last look that shows it', async () => {
  const online: Record<string, boolean> = { alice: true, bob: true };
  const watch = new PresenceWatch([node('node 1', () => online)]);
  watch.note(news('alice', 'here'));
  watch.note(news('bob', 'here'));
  vi.setSystemTime(10_000);
  const kill: Kill = { at: 10_000, nodes: ['node 2'], liveAt: 10_000, wrongFor: 0 };
  watch.killed(kill);
  vi.setSystemTime(10_100);
  watch.note(news('alice', 'away'));
  watch.note(news('bob', 'between'));
  online['bob'] = false;
  vi.setSystemTime(12_100);
  await watch.look();
  expect(kill.wrongFor).toBe(2_000);
  vi.setSystemTime(25_000);
  online['alice'] = false;
  watch.note(news('bob', 'here'));
  vi.setSystemTime(25_300);
  await watch.look();
  // Bob's own way took longer; that is not the nodes' fault.
  expect(kill.wrongFor).toBe(2_000);
  vi.setSystemTime(28_000);
  await watch.look();
  expect(kill.wrongFor).toBe(3_000);
  online['bob'] = true;
  vi.setSystemTime(60_000);
  await watch.look();
  expect(kill.wrongFor).toBe(3_000);
});
