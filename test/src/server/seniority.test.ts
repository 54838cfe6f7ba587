import { describe, expect, vi } from 'vitest';
import { createSeniority, type Rank, type Seniority } from '../../../src/server/seniority.ts';
import { createRandom } from '../../../src/testing/random.ts';
import { fc, test } from '../../support/properties.ts';

interface Mock {
  readonly id: string;
}

/** Nodes whose announcements travel when `deliver` says so, in any order between nodes. */
function cluster(keeps: 'newest' | 'oldest', size: number) {
  const wire: { to: number; rank: Rank }[] = [];
  const open = new Map<Mock, number>();
  const nodes: Seniority<Mock>[] = Array.from({ length: size }, (_, self) =>
    createSeniority<Mock>({
      keeps,
      dismiss(socket) {
        open.delete(socket);
        nodes[self]?.leaves('alice', socket);
      },
      announce(rank) {
        for (let to = 0; to < size; to += 1) if (to !== self) wire.push({ to, rank });
      },
    }),
  );
  return {
    open: () => [...open.keys()].map(({ id }) => id),
    join(node: number, id: string, user = 'alice') {
      const socket = { id };
      open.set(socket, node);
      nodes[node]?.arrives(user, socket);
    },
    deliver(random = () => 0) {
      for (let steps = 0; wire.length > 0; steps += 1) {
        if (steps > 10_000) throw new Error('they never stop telling each other');
        const [next] = wire.splice(Math.floor(random() * wire.length), 1);
        if (next) nodes[next.to]?.hears(next.rank);
      }
    },
  };
}

describe('seniority', () => {
  test.each([
    ['newest', 'c'],
    ['oldest', 'a'],
  ] as const)('[SV-5] on one node keeps the %s', (keeps, kept) => {
    const { join, open, deliver } = cluster(keeps, 1);
    for (const id of ['a', 'b', 'c']) join(0, id);
    deliver();
    expect(open()).toEqual([kept]);
  });

  test.each([
    ['newest', 'b'],
    ['oldest', 'a'],
  ] as const)('[SV-5] over two nodes keeps the %s', (keeps, kept) => {
    const { join, open, deliver } = cluster(keeps, 2);
    join(0, 'a');
    deliver();
    join(1, 'b');
    deliver();
    expect(open()).toEqual([kept]);
  });

  test('[SV-5] users are each for themselves', () => {
    const { join, open } = cluster('newest', 1);
    join(0, 'a');
    join(0, 'b', 'bob');
    expect(open()).toEqual(['a', 'b']);
  });

  test('[SV-5] never ends a socket for one of its own id, which is its own ghost', () => {
    const { join, open } = cluster('newest', 1);
    join(0, 'a');
    join(0, 'a');
    expect(open()).toEqual(['a', 'a']);
  });

  test('[SV-5] a clock that is behind does not make a newcomer the older one, once it has heard of the other', () => {
    vi.useFakeTimers({ now: 100_000 });
    try {
      const { join, open, deliver } = cluster('newest', 2);
      join(0, 'a');
      deliver();
      vi.setSystemTime(1_000);
      join(1, 'b');
      deliver();
      expect(open()).toEqual(['b']);
    } finally {
      vi.useRealTimers();
    }
  });

  test.prop([
    fc.constantFrom('newest' as const, 'oldest' as const),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 12 }),
    fc.integer(),
  ])(
    '[SV-5] whoever comes where and whatever order the news takes: exactly one stays',
    (keeps, comings, seed) => {
      const { join, open, deliver } = cluster(keeps, 4);
      const random = createRandom(seed);
      for (const [index, [node, isHeard]] of comings.entries()) {
        join(node, `socket ${index}`);
        if (isHeard) deliver(random);
      }
      deliver(random);
      expect(open()).toHaveLength(1);
    },
  );
});
