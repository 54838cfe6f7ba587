import { EMPTY } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import { Order } from '../../src/inbox/order.ts';
import { Sequencer } from '../../src/inbox/sequencer.ts';
import { Inbox } from '../../src/inbox.ts';
import type { Link } from '../../src/link/link.ts';
import { OutboxFull } from '../../src/outbox/checks.ts';
import { Keeping } from '../../src/outbox/keeping.ts';
import { Outbox } from '../../src/outbox/outbox.ts';
import { Queue } from '../../src/outbox/queue.ts';
import { Rooms } from '../../src/rooms.ts';
import { BrokenPromise, type OptionsInWorld, plans, run, type World } from '../../src/testing/index.ts';
import { fc } from '../support/properties.ts';

type Machine = typeof connectionMachine;

// biome-ignore lint/suspicious/noExplicitAny: parts that are patched by hand
type Any = any;

interface Fault {
  readonly name: string;
  /** One of them must be said to be broken. */
  readonly clauses: readonly string[];
  readonly machine?: Machine;
  /** Shows only where there is something to catch up from. */
  readonly isCatchingUp?: boolean;
  readonly options?: OptionsInWorld;
  /** Puts the fault into a class, by the name of its method. */
  readonly patch?: readonly [owner: { prototype: Any }, method: string, make: (original: Any) => Any];
}

const provide = (implementations: Any): Machine => connectionMachine.provide(implementations);

/** A machine that takes messages for missed where it should not. */
const owing = (isMissed: (said: Any) => boolean): Machine =>
  provide({
    actions: {
      accept: assign((said: Any) => ({
        recovered: said.event.recovered,
        floor: null,
        wait: null,
        hasConnected: true,
        owed: { rooms: said.event.hasRooms === true, missed: isMissed(said) },
      })),
    },
  });

/** Faults that outboxes, rooms and catching up have when they are made by hand, each planted alone. */
const faults: readonly Fault[] = [
  {
    name: 'what is sent again has a new id',
    // The server saw it, but under another id than the one that it was acknowledged by.
    clauses: ['OB-3', 'OB-1'],
    options: (world) => ({ link: renaming(world.options().link as Link) }),
  },
  {
    name: 'what is newer goes before what was not acknowledged',
    clauses: ['OB-2'],
    patch: [
      Queue,
      'shift',
      (original) =>
        function (this: Queue, message: Any, event: Any) {
          if (event.type === 'lost' || event.type === 'no-answer') message.place += 1_000;
          return original.call(this, message, event);
        },
    ],
  },
  {
    name: 'a `once` message is sent again after a loss',
    clauses: ['OB-4'],
    patch: [
      Queue,
      'shift',
      (original) =>
        function (this: Queue, message: Any, event: Any) {
          if (event.type === 'lost') message.entry = { ...message.entry, once: false };
          return original.call(this, message, event);
        },
    ],
  },
  {
    name: 'what expired is sent all the same',
    clauses: ['OB-1', 'OB-5'],
    patch: [
      Queue,
      'shift',
      (original) =>
        function (this: Queue, message: Any, event: Any) {
          const { life } = message;
          if (event.type !== 'ttl-over' || life.state !== 'queued')
            return original.call(this, message, event);
          message.life = { state: 'expired' };
          message.publish();
          message.life = life;
          message.entry = { ...message.entry, expiresAt: null };
          return false;
        },
    ],
  },
  {
    name: 'the outbox opens before the rooms are asked for',
    clauses: ['OB-2', 'RM-1'],
    machine: provide({
      actions: {
        beginSession({ context }: Any) {
          context.ports.session.open();
          context.ports.session.begin(context.recovered);
        },
      },
    }),
  },
  {
    name: 'rooms are asked for on the first link only',
    clauses: ['RM-1', 'OB-2'],
    patch: [
      Rooms,
      'begin',
      (original) => {
        const begun = new WeakSet();
        return function (this: Rooms, session: Any, recovered: boolean) {
          if (!begun.has(this)) original.call(this, session, recovered);
          else (this as Any).restore = settleAtOnce;
          begun.add(this);
        };
      },
    ],
  },
  {
    name: 'a room that was left while away is joined again',
    clauses: ['RM-1'],
    patch: [
      Rooms,
      'leave',
      (original) =>
        function (this: Rooms, room: string) {
          if (this.joined().length > 0) original.call(this, room);
        },
    ],
  },
  {
    name: 'rooms of the former identity are joined for the next one',
    clauses: ['ID-1'],
    patch: [
      Rooms,
      'belongTo',
      (original) =>
        function (this: Rooms, identity: string | null) {
          if (identity === 'alice') original.call(this, identity);
        },
    ],
  },
  {
    name: 'the outbox of the former identity is sent by the next one',
    clauses: ['ID-2'],
    patch: [
      Outbox,
      'belongTo',
      (original) => {
        const owned = new WeakSet();
        return function (this: Outbox, identity: string | null) {
          if (!owned.has(this)) original.call(this, identity);
          owned.add(this);
        };
      },
    ],
  },
  {
    name: 'signing out leaves what waits where it is',
    clauses: ['ID-2'],
    patch: [Outbox, 'signOut', () => async () => {}],
  },
  {
    name: 'live messages are not held while what was missed is asked for',
    clauses: ['MS-4'],
    isCatchingUp: true,
    patch: [
      Sequencer,
      'catchUp',
      (original) =>
        function (this: Sequencer, ...given: unknown[]) {
          const stop = original.apply(this, given);
          this.release();
          return stop;
        },
    ],
  },
  {
    name: 'what comes twice is delivered twice',
    clauses: ['MS-3'],
    isCatchingUp: true,
    patch: [
      Order,
      'take',
      (original) =>
        function (this: Order, ...given: unknown[]) {
          return { ...original.apply(this, given), isNews: true };
        },
    ],
  },
  {
    name: 'a gap is told to nobody',
    clauses: ['MS-3'],
    isCatchingUp: true,
    patch: [Inbox, 'gaps$', () => () => EMPTY],
  },
  {
    name: '`sync` is asked after a session that was recovered',
    clauses: ['SY-1'],
    machine: owing(({ context }) => context.restore.hasSync && context.hasConnected),
  },
  {
    name: '`sync` is asked on the first connection',
    clauses: ['SY-1'],
    machine: owing(({ context, event }) => context.restore.hasSync && !event.recovered),
  },
  {
    name: 'the acknowledgement of an older link is believed',
    clauses: ['OB-1'],
    options: (world) => ({ link: believing(world.options().link as Link) }),
  },
  {
    name: 'a full outbox drops the oldest',
    clauses: ['OB-5'],
    options: { outbox: { capacity: { items: 3 } } },
    patch: [
      Queue,
      'size',
      (original) =>
        function (this: Queue) {
          const oldest = this.waiting.first;
          if (original.call(this) >= 3 && oldest !== undefined) this.move(oldest, { type: 'discarded' });
          return original.call(this);
        },
    ],
  },
  {
    name: 'a full outbox takes what it has no room for, and forgets it',
    clauses: ['OB-5'],
    options: { outbox: { capacity: { items: 3 } } },
    patch: [
      Outbox,
      'send',
      (original) =>
        function (this: Outbox, ...given: unknown[]) {
          try {
            return original.apply(this, given);
          } catch (thrown) {
            if (!(thrown instanceof OutboxFull)) throw thrown;
            const never = new Promise(() => {});
            return { id: 'none', state: 'queued', state$: EMPTY, acknowledged: never, kept: never };
          }
        },
    ],
  },
  {
    name: 'nobody waits for the store before a message is sent',
    clauses: ['OB-7'],
    options: (world: World) => ({ outbox: { store: world.store({ latency: 300 }) } }),
    patch: [
      Keeping,
      'put',
      (original) =>
        function (this: Keeping, message: Any, then: () => void) {
          original.call(this, message, then);
          message.isHeld = false;
        },
    ],
  },
];

function settleAtOnce(settle: (unanswered: readonly string[]) => void) {
  settle([]);
  return () => {};
}

/** A link that gives each copy of a message an id of its own. */
function renaming(link: Link): Link {
  const seen = new Set<unknown>();
  return {
    open(identity, sink) {
      const session = link.open(identity, sink);
      return {
        ...session,
        call(event, args, timeout) {
          const { id } = Object(args[0]) as { id?: unknown };
          const isCopy = id !== undefined && seen.has(id);
          seen.add(id);
          const copy = { ...Object(args[0]), id: `copy of ${id}` };
          return session.call(event, isCopy ? [copy] : args, timeout);
        },
      };
    },
  };
}

/** A link whose calls are known by their number on it, so that an answer that is late finds another call. */
function believing(link: Link): Link {
  return {
    open(identity, sink) {
      const session = link.open(identity, sink);
      let orphans = 0;
      return {
        ...session,
        async call(event, args, timeout) {
          const given = session.call(event, args, timeout);
          given.catch(({ reason }) => {
            if (reason === 'lost') orphans += 1;
          });
          if (event !== 'message' || orphans === 0) return given;
          orphans -= 1;
          return { ok: true };
        },
      };
    },
  };
}

/** The budget of one CI run is ten times as large. */
const budget = 2_000;

function firstFailure({ machine, isCatchingUp = false, options }: Partial<Fault>, runs: number) {
  return fc.check(
    fc.asyncProperty(plans(), async ({ commands, seed, isRude }) => {
      const world = { seed: isCatchingUp ? seed * 2 : seed, isRude };
      await run(commands, { ...world, ...(machine && { machine }), ...(options && { options }) });
    }),
    { numRuns: runs, endOnFailure: true, seed: 20_261_120 },
  );
}

describe('[TS-1] a planted fault of messages is found', () => {
  test.each(faults)(
    '$name',
    async ({ patch, clauses, ...fault }) => {
      const mend = patch === undefined ? () => {} : plant(...patch);
      try {
        const details = await firstFailure(fault, budget);
        expect(details.failed, 'the properties let it through').toBe(true);
        expect(details.errorInstance).toBeInstanceOf(BrokenPromise);
        const { invariant } = details.errorInstance as BrokenPromise;
        expect(invariant.clauses.filter((clause) => clauses.includes(clause))).not.toEqual([]);
      } finally {
        mend();
      }
    },
    120_000,
  );

  test('and the connection without a fault is not accused', async () => {
    const options = (world: World) => ({
      outbox: { capacity: { items: 3 }, window: 1, ackTimeout: 3_000, store: world.store({ latency: 300 }) },
    });
    const details = await firstFailure({ options }, 300);
    expect(details.failed, String(details.errorInstance)).toBe(false);
  }, 60_000);
});

/** Gives what takes it out again. */
function plant(owner: { prototype: Any }, method: string, make: (original: Any) => Any): () => void {
  const before = Object.getOwnPropertyDescriptor(owner.prototype, method) as PropertyDescriptor;
  const after = make(before.value ?? before.get);
  Object.defineProperty(
    owner.prototype,
    method,
    before.get === undefined ? { ...before, value: after } : { ...before, get: after },
  );
  return () => Object.defineProperty(owner.prototype, method, before);
}
