import { expect, test } from 'vitest';
import { Audit } from '../../soak/audit/audit.ts';
import { judge } from '../../soak/judge.ts';
import { networkFaults } from '../../soak/world/scenario.ts';

const kinds = [...Object.keys(networkFaults), 'kill', 'drain', 'kick'];
const strokes = Object.fromEntries(kinds.map((kind) => [kind, 3])) as never;
const megabyte = 2 ** 20;
const flat = Array.from({ length: 241 }, (_, index) => ({ at: index * 5_000, bytes: 90 * megabyte }));
const good = {
  strokes,
  isWhole: true,
  heaps: new Map([['clients 1', flat]]),
  remains: [{ handles: [], before: 20 * megabyte, after: 24 * megabyte }],
};

/** What is broken in the end, but that no message was sent here. */
function broken(change: Partial<typeof good> = {}): readonly string[] {
  const audit = new Audit([], 40);
  judge(audit, { ...good, ...change });
  return audit.breaches.broken.filter((name) => name !== 'idle' || audit.breaches.count(name) > 3);
}

test('a good end', () => {
  expect(broken()).toEqual([]);
});

test('a heap that grows is found', () => {
  const growing = flat.map(({ at, bytes }) => ({ at, bytes: bytes + (at / 60_000) * megabyte }));
  expect(
    broken({
      heaps: new Map([
        ['clients 1', flat],
        ['node 1', growing],
      ]),
    }),
  ).toEqual(['memory']);
});

test('a handle that is left is found', () => {
  expect(broken({ remains: [{ handles: ['TCPSocketWrap'] as never, before: 0, after: 0 }] })).toEqual([
    'remains',
  ]);
});

test('memory that clients did not give back is found', () => {
  expect(broken({ remains: [{ handles: [], before: 20 * megabyte, after: 60 * megabyte }] })).toEqual([
    'remains',
  ]);
});

test('a run that is cut short need not have had all faults', () => {
  expect(broken({ strokes: { ...(strokes as object), blackhole: 0 } as never, isWhole: false })).toEqual([]);
});

test('a fault that never happened is found: such a run proves nothing', () => {
  expect(broken({ strokes: { ...(strokes as object), blackhole: 0 } as never })).toEqual(['idle']);
});
