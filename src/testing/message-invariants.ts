import type { Invariant, Observation } from './invariants.ts';
import { isOver, isSettled, type Sent } from './ledger.ts';
import type { Breach } from './wire.ts';

/** What must hold of messages, whatever happened before: each promise of the outbox, of rooms and of catching up. */
export const messageInvariants: readonly Invariant[] = [
  {
    clauses: ['OB-1'],
    promise: 'a message settles at most once, and says nothing after it',
    check: ({ ledger }) => complain(ledger.sent, ({ states }) => states.slice(0, -1).some(isSettled)),
  },
  {
    clauses: ['OB-1'],
    promise: '`acknowledged` means that the server saw it',
    check: ({ ledger, world }) =>
      complain(ledger.sent, ({ id, outcome }) => outcome === 'kept' && timesSeen(world, id) === 0),
  },
  {
    clauses: ['OB-1', 'OB-5'],
    promise: 'what was settled as not sent is never seen by the server',
    check: ({ ledger, world }) =>
      complain(ledger.sent, ({ id, states }) => states.at(-1) === 'expired' && timesSeen(world, id) > 0),
  },
  {
    clauses: ['OB-3', 'OB-5'],
    promise: 'what `send` did not take, or took under another id, is never seen by the server',
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
          options.once === true && timesSeen(world, id) > 1 + (world.backend.askedAgain.get(id ?? '') ?? 0),
      ),
  },
  {
    clauses: ['OB-5'],
    promise: '`send` throws `OutboxFull` when the outbox is full, and only then',
    check: ({ ledger, settings, sizes }) => {
      const { items, bytes } = settings.outbox.capacity;
      const wrong = ledger.sent.find(({ id, outcome, waiting }) => {
        if (waiting >= items) return id !== null;
        return outcome === 'outbox-full' && (waiting + 1) * sizes.most <= bytes && !sizes.isShared;
      });
      if (wrong === undefined) return undefined;
      const what = wrong.id === null ? 'was not taken' : 'was taken';
      return `message ${wrong.n} ${what}, with ${wrong.waiting} of ${items} waiting`;
    },
  },
  {
    clauses: ['OB-5', 'ID-2'],
    promise: 'a message is discarded when its identity signs out, and never otherwise',
    check: ({ ledger }) =>
      complain(
        ledger.sent,
        (each) =>
          (each.states.at(-1) === 'discarded' && !each.isSignedOut) ||
          (each.isSignedOut && each.id !== null && !isOver(each)),
      ),
  },
  {
    clauses: ['OB-5', 'ID-2'],
    promise: '`outbox$` counts what waits, and nothing of another identity',
    check: ({ ledger, connection, sizes }) => {
      const status = connection.getStatus();
      if (!('identity' in status) || ledger.view === null) return undefined;
      const counted = ledger.view.queued + ledger.view.sending;
      const waiting = ledger.waitingOf(status.identity);
      const isRight = sizes.isShared ? counted >= waiting : counted === waiting;
      return isRight ? undefined : `it counts ${counted} of ${waiting}`;
    },
  },
  {
    clauses: ['OB-2'],
    promise: 'no more than `window` are on their way at a time',
    check: ({ ledger, settings }) =>
      ledger.mostSending > settings.outbox.window ? `${ledger.mostSending} are` : undefined,
  },
  {
    clauses: ['OB-7'],
    promise: 'nothing is sent before the store has it, or has failed to',
    check: ({ ledger, world }) =>
      complain(ledger.sent, ({ id, isKept }) => isKept === null && timesSeen(world, id) > 0),
  },
  {
    clauses: ['OB-7'],
    promise: 'what is said to be kept stays in the store until it is settled',
    check: ({ ledger, store }) => {
      if (store === null) return undefined;
      // A `once` message is not kept without the note that it may have been sent: it must not be sent twice (OB-4).
      const mayLeave = ({ options, states }: Sent) => options.once === true && states.includes('sending');
      return complain(
        ledger.sent,
        (each) => each.isKept === true && !isOver(each) && !store.holds.has(each.id ?? '') && !mayLeave(each),
      );
    },
  },
  {
    clauses: ['MS-3', 'MS-4', 'SY-1'],
    promise: 'each post comes once, and one that is out of its turn only where a gap was told',
    check: ({ ledger, isCatchingUp }) => {
      if (!isCatchingUp) return undefined;
      const seen = new Set<number>();
      let last = 0;
      let isGap = true;
      for (const each of ledger.received) {
        if (each === 'gap') {
          isGap = true;
          continue;
        }
        const { n } = each;
        if (seen.has(n)) return `post ${n} came twice`;
        if (n > last + 1 && !isGap) return `post ${n} after post ${last}, and no gap told`;
        seen.add(n);
        // One that is older fills a hole that was told of; it does not make up for a new one.
        if (n < last) continue;
        last = n;
        isGap = false;
      }
      return undefined;
    },
  },
  wire('window', ['OB-2'], 'no more than `window` messages wait for their answer on a link'),
  wire('overtaken', ['OB-2'], 'what was not acknowledged goes again before what is newer'),
  wire('settled', ['OB-1', 'OB-5', 'ID-2'], 'what is settled, expired or discarded is not sent any more'),
  wire('stolen', ['ID-1', 'ID-2'], 'a message goes out on links of its own identity alone'),
  wire(
    'rooms-late',
    ['OB-2', 'RM-1'],
    'every wished room is asked for before a message goes out on a new link',
  ),
  wire(
    'unwished',
    ['RM-1', 'RM-2', 'ID-1'],
    'a room that was left, refused or another identity wished for is not asked for',
  ),
  wire('refused-room', ['RM-2'], 'a room that the server refused is not asked for again'),
  wire('sync-early', ['SY-1'], '`sync` is not asked where nothing can have been missed'),
  wire('not-held', ['MS-4', 'SY-1'], 'messages wait until what was missed has been asked for'),
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
    clauses: ['OB-7', 'LC-13'],
    promise: '`kept` settles',
    check: ({ ledger }) => complain(ledger.sent, ({ id, isKept }) => id !== null && isKept === null),
  },
  {
    clauses: ['RM-1', 'RM-2'],
    promise: 'the server has this connection in the rooms that it wishes to be in, and in no other',
    check: ({ ledger, connection, world, readsRooms }) => {
      const status = connection.getStatus();
      if (!readsRooms || status.state !== 'connected' || status.degraded.length > 0) return undefined;
      const rooms = [...(world.link.live()[0]?.session.rooms ?? [])].sort();
      const wished = [...ledger.wished.keys()].sort();
      return String(rooms) === String(wished) ? undefined : `in [${rooms}], and wished [${wished}]`;
    },
  },
];

function timesSeen({ backend }: Observation['world'], id: string | null): number {
  return id === null ? 0 : (backend.timesSeen.get(id) ?? 0);
}

/** A promise that only the wire can see the end of. */
function wire(breach: Breach, clauses: readonly string[], promise: string): Invariant {
  return { clauses, promise, check: ({ breaches }) => breaches.get(breach) };
}

function complain(sent: readonly Sent[], isWrong: (each: Sent) => boolean): string | undefined {
  const wrong = sent.find(isWrong);
  if (wrong === undefined) return undefined;
  const { n, id, states, outcome, isKept } = wrong;
  return `message ${n} (${id}): ${states.join(' → ')}, then ${outcome}, kept: ${isKept}`;
}
