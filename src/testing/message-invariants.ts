import type { DeliveryState } from '../outbox/delivery.ts';
import type { Invariant, Observation } from './invariants.ts';
import type { Sent } from './ledger.ts';

const settled: ReadonlySet<DeliveryState> = new Set([
  'acknowledged',
  'refused',
  'expired',
  'unknown',
  'discarded',
]);

/** What must hold of messages, whatever happened before: each promise of the outbox, of rooms and of catching up. */
export const messageInvariants: readonly Invariant[] = [
  {
    clauses: ['OB-1'],
    promise: 'a message settles at most once, and says nothing after it',
    check: ({ ledger }) =>
      complain(ledger.sent, ({ states }) => states.slice(0, -1).some((state) => settled.has(state))),
  },
  {
    clauses: ['OB-1'],
    promise: '`acknowledged` means that the server saw it',
    check: ({ ledger, world }) =>
      complain(ledger.sent, ({ id, outcome }) => outcome === 'kept' && arrivalsOf(world, id) === 0),
  },
  {
    clauses: ['OB-1', 'OB-5'],
    promise: 'what was settled as not sent is never seen by the server',
    check: ({ ledger, world }) =>
      complain(ledger.sent, ({ id, states }) => states.at(-1) === 'expired' && arrivalsOf(world, id) > 0),
  },
  {
    clauses: ['OB-5'],
    promise: 'what `send` did not take is never seen by the server',
    check: ({ ledger, world }) => {
      const accepted = new Set(ledger.sent.map(({ id }) => id));
      const stranger = world.backend.arrivals.find(({ id }) => !accepted.has(id));
      return stranger === undefined ? undefined : `${stranger.id} arrived and was never accepted`;
    },
  },
  {
    clauses: ['ID-2'],
    promise: 'nothing that one identity sent goes out under another',
    check: ({ ledger, world }) => {
      const owners = new Map(ledger.sent.map(({ id, identity }) => [id, identity]));
      const stolen = world.backend.arrivals.find(({ id, identity }) => owners.get(id) !== identity);
      return stolen === undefined ? undefined : `${stolen.id} went out as ${stolen.identity}`;
    },
  },
  {
    clauses: ['OB-2', 'OB-3'],
    promise: 'messages reach the server for the first time in the order in which they were sent',
    check: ({ ledger, world }) => {
      const places = new Map(ledger.sent.map(({ id, n }) => [id, n]));
      const last = new Map<string, number>();
      const seen = new Set<string>();
      for (const { id, identity } of world.backend.arrivals) {
        if (seen.has(id)) continue;
        seen.add(id);
        const place = places.get(id) ?? -1;
        const before = last.get(identity) ?? -1;
        if (place < before) return `message ${place} came after message ${before}`;
        last.set(identity, place);
      }
      return undefined;
    },
  },
  {
    clauses: ['OB-4'],
    promise: 'a `once` message reaches the server at most once, unless the server asked for it again',
    check: ({ ledger, world }) =>
      complain(
        ledger.sent,
        ({ id, options }) =>
          options.once === true && arrivalsOf(world, id) > 1 + (world.backend.askedAgain.get(id ?? '') ?? 0),
      ),
  },
  {
    clauses: ['MS-3', 'MS-4', 'SY-1'],
    promise: 'each post comes once and in order, and a hole is told',
    check: ({ ledger, isCatchingUp }) => {
      if (!isCatchingUp) return undefined;
      let last = 0;
      let isGap = true;
      for (const each of ledger.received) {
        if (each === 'gap') {
          isGap = true;
          continue;
        }
        if (each.n <= last) return `post ${each.n} after post ${last}`;
        if (each.n > last + 1 && !isGap) return `post ${each.n} after post ${last}, and no gap told`;
        last = each.n;
        isGap = false;
      }
      return undefined;
    },
  },
];

/** What must hold once the world is well, and the connection live. */
export const healedMessageInvariants: readonly Invariant[] = [
  {
    clauses: ['OB-1', 'OB-2'],
    promise: 'every message of the identity that is live comes to its end',
    check: ({ ledger, connection }) => {
      const status = connection.getStatus();
      if (status.state !== 'connected') return undefined;
      return complain(
        ledger.sent,
        ({ identity, outcome }) => identity === status.identity && outcome === null,
      );
    },
  },
  {
    clauses: ['RM-1', 'RM-2'],
    promise: 'the server has this connection in the rooms that it wishes to be in, and in no other',
    check: ({ ledger, connection, world }) => {
      const status = connection.getStatus();
      if (status.state !== 'connected' || status.degraded.length > 0) return undefined;
      const rooms = [...(world.link.live()[0]?.session.rooms ?? [])].sort();
      const wished = [...ledger.wished].sort();
      return String(rooms) === String(wished) ? undefined : `in [${rooms}], and wished [${wished}]`;
    },
  },
];

function arrivalsOf(world: Observation['world'], id: string | null): number {
  return world.backend.arrivals.filter((arrival) => arrival.id === id).length;
}

function complain(sent: readonly Sent[], isWrong: (each: Sent) => boolean): string | undefined {
  const wrong = sent.find(isWrong);
  if (wrong === undefined) return undefined;
  return `message ${wrong.n} (${wrong.id}): ${wrong.states.join(' → ')}, then ${wrong.outcome}`;
}
