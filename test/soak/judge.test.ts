import { expect, test } from 'vitest';
import { roomsOf, userName } from '../../examples/cluster/rooms.ts';
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

/** What is broken in the end, after one message to a room and one word to a user. */
function broken(change: Partial<typeof good> = {}, audit = busy()): readonly string[] {
  judge(audit, { ...good, ...change });
  return audit.breaches.broken;
}

function busy(): Audit {
  const user = userName(0);
  const audit = new Audit([user], 1);
  const [room = ''] = roomsOf(user, 1);
  const key = `${user}/0`;
  audit.note(['sent', key, room]);
  audit.effect(room, { key, from: user });
  audit.note(['ended', key, 'acknowledged']);
  audit.note(['got', user, room, key]);
  audit.note(['note', user, user]);
  return audit;
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

test('a run that is cut short need not have had all faults, nor any message', () => {
  const cutShort = { strokes: { ...(strokes as object), blackhole: 0 } as never, isWhole: false };
  expect(broken(cutShort)).toEqual([]);
  expect(broken(cutShort, new Audit([userName(0)], 1))).toEqual([]);
});

test('a run in which nothing was said is found', () => {
  const audit = new Audit([userName(0)], 1);
  expect(broken({}, audit)).toEqual(['idle']);
  expect(audit.breaches.count('idle')).toBe(3);
});

test('a fault that never happened is found: such a run proves nothing', () => {
  expect(broken({ strokes: { ...(strokes as object), blackhole: 0 } as never })).toEqual(['idle']);
});
