import { describe, expect } from 'vitest';
import { defaultPolicy } from '../../machines/policy.ts';
import type { Dialect } from '../../src/dialect/dialect.ts';
import { LinkCallError, plain } from '../../src/index.ts';
import { type Membership, RoomRefused } from '../../src/membership.ts';
import { Problems } from '../../src/problems.ts';
import { Rooms } from '../../src/rooms.ts';
import { countTimers } from '../../src/testing/clock.ts';
import { createVirtualClock, settlePromises } from '../../src/testing/index.ts';
import { fc, test } from '../support/properties.ts';

const names = ['a', 'b', 'c'] as const;
const ackTimeout = 1_000;

/** What a server does with the n-th call that waits. `lose`: it acts, and the answer gets lost; `ignore`: not even that. */
type Doing = 'grant' | 'refuse' | 'delay' | 'garble' | 'lose' | 'ignore';

type Step =
  | { readonly do: 'join' | 'leave'; readonly room: (typeof names)[number] }
  | { readonly do: 'answer'; readonly nth: number; readonly how: Doing }
  | { readonly do: 'begin'; readonly recovered: boolean }
  | { readonly do: 'belong'; readonly to: 'alice' | 'bob' | null }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'end' | 'restore' | 'settle' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), room: fc.constantFrom(...names) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), room: fc.constantFrom(...names) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constant('answer' as const),
      nth: fc.nat(20),
      how: fc.constantFrom<Doing>('grant', 'grant', 'grant', 'refuse', 'delay', 'garble', 'lose', 'ignore'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('begin' as const), recovered: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('belong' as const),
      to: fc.constantFrom('alice' as const, 'bob' as const, null),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      // The last passes the longest wait between two rounds, with the deadlines around it.
      ms: fc.constantFrom(1, 500, ackTimeout, 4 * ackTimeout, defaultPolicy.cap + 2 * ackTimeout),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'restore' as const, 'settle' as const) }),
  },
);

/** A call on its way to the server, in the order in which the network keeps it. */
interface Packet {
  readonly link: number;
  readonly event: string;
  readonly room: string;
  /** How often the app had changed its mind about this room. */
  readonly mind: number;
  isHeard: boolean;
  /** The client waits for the answer. */
  isOpen: boolean;
  readonly until: number;
  resolve(answer: unknown): void;
}

class Trial {
  readonly clock = createVirtualClock();
  readonly timers = countTimers(this.clock);
  readonly rooms: Rooms;
  readonly wished = new Set<string>();
  readonly packets: Packet[] = [];
  /** What must not be: told at the end, since whoever is called back must not throw. */
  readonly breaches: string[] = [];
  readonly #minds = new Map<string, number>();
  readonly #members = new Map<string, Membership>();
  readonly #watched = new WeakSet<Membership>();
  /** By the number of the refusal: how often it was told. */
  readonly #told = new Map<number, number>();
  readonly #mayBeTold = new Map<number, () => boolean>();
  /** Rooms that the server was told to let go of on this link, and did not hear. */
  readonly keeps = new Set<string>();
  /** The server grants what it hears from here on, at once. */
  isWilling = false;
  #server = new Set<string>();
  #link = 0;
  #isLinked = false;
  #identity: string | null = null;
  #refusals = 0;
  readonly #answersEach: boolean;

  constructor(dialect: Dialect, random: number) {
    // With many at once, a refusal is not read before the last answer is there.
    this.#answersEach = dialect.joinAll === undefined;
    const desk = { redact: <T>(said: T): T => said };
    const problems = new Problems(this.clock, desk);
    this.rooms = new Rooms({
      dialect,
      problems,
      desk,
      clock: this.timers,
      policy: defaultPolicy,
      random: () => random,
      ackTimeout,
      answered() {},
    });
  }

  get server(): ReadonlySet<string> {
    return this.#server;
  }

  get isLinked(): boolean {
    return this.#isLinked;
  }

  async take(step: Step): Promise<void> {
    await this.#take(step);
    // Some steps later, what was answered has been read.
    if (step.do === 'settle' || step.do === 'pass') this.#checkTold();
  }

  async #take(step: Step): Promise<void> {
    switch (step.do) {
      case 'join': {
        if (!this.wished.has(step.room)) this.#changeMind(step.room);
        this.wished.add(step.room);
        this.#watch(this.rooms.join(step.room));
        return;
      }
      case 'leave':
        if (this.wished.has(step.room)) this.#changeMind(step.room);
        this.wished.delete(step.room);
        this.rooms.leave(step.room);
        return;
      case 'begin':
        this.end();
        this.begin(step.recovered);
        return;
      case 'end':
        this.end();
        return;
      case 'belong':
        this.#belong(step.to);
        return;
      case 'answer': {
        const waiting = this.packets.filter(({ isHeard }) => !isHeard);
        const packet = waiting[step.nth % Math.max(1, waiting.length)];
        if (packet !== undefined) this.answer(packet, step.how);
        return;
      }
      case 'pass':
        await this.clock.advance(step.ms);
        return;
      case 'restore':
        this.rooms.restore(() => {});
        return;
      case 'settle':
        await settlePromises();
        return;
    }
  }

  begin(recovered: boolean): void {
    if (!recovered) this.#server = new Set();
    this.keeps.clear();
    this.#link += 1;
    this.#isLinked = true;
    this.rooms.begin({ call: (event, args, timeout) => this.#call(event, args, timeout) }, recovered);
  }

  end(): void {
    this.#isLinked = false;
    this.rooms.end();
  }

  /** Answers of links that are gone may come too: they must change nothing. */
  answer(packet: Packet, how: Doing): void {
    if (packet.link !== this.#link || !this.#isLinked) {
      packet.isHeard = true;
      packet.resolve(how === 'refuse' ? { error: -1 } : {});
      return;
    }
    if (how === 'ignore') {
      packet.isHeard = true;
      if (packet.event === 'room:leave') this.keeps.add(packet.room);
      return;
    }
    // The network keeps the order: what was sent before has been heard before.
    for (const other of this.packets) {
      if (other.isHeard || other.link !== packet.link || other.room !== packet.room) continue;
      this.#act(other, other === packet ? how : 'lose');
      if (other === packet) break;
    }
  }

  /** The server answers everything until nothing more comes. */
  async grantAll(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await settlePromises();
      const waiting = this.packets.filter(({ isHeard }) => !isHeard);
      if (waiting.length === 0) return;
      for (const packet of waiting) if (!packet.isHeard) this.answer(packet, 'grant');
    }
    throw new Error('it never gets quiet');
  }

  checkRefusals(): void {
    for (const [refusal, times] of this.#told) expect(times, `refusal ${refusal}`).toBe(1);
    expect(this.#told.has(-1), 'a refusal of a link that is gone').toBe(false);
  }

  /** A refusal that is still meant now was meant all the time: it must have been told, which ends the wish. */
  #checkTold(): void {
    for (const [refusal, isMeant] of this.#mayBeTold) {
      if (isMeant()) this.breaches.push(`refusal ${refusal} was not told`);
    }
    this.#mayBeTold.clear();
  }

  #belong(to: string | null): void {
    const forgets = to === null || (this.#identity !== null && this.#identity !== to);
    this.#identity = to;
    if (forgets) {
      this.wished.clear();
      // The link of the one before is closed with all that is on it.
      this.#isLinked = false;
      this.#link += 1;
      this.#server = new Set();
    }
    this.rooms.belongTo(to);
    if (!forgets) return;
    for (const { room, state } of this.#members.values()) {
      if (state.state !== 'left') this.breaches.push(`${room} was kept for another`);
    }
  }

  #call(event: string, args: readonly unknown[], timeout: number): Promise<unknown> {
    const room = args[0] as string;
    const link = this.#link;
    if (!this.#isLinked) this.breaches.push(`${event} ${room} without a link`);
    if (event === 'room:join' && !this.wished.has(room)) this.breaches.push(`${room} joined unwished`);
    const isAsked = (other: Packet) =>
      other.link === link && other.room === room && other.isOpen && this.clock.elapsed() < other.until;
    if (this.packets.some(isAsked)) this.breaches.push(`two calls at a time for ${room}`);
    return new Promise((resolve, reject) => {
      const mind = this.#minds.get(room) ?? 0;
      const packet: Packet = {
        link,
        event,
        room,
        mind,
        isHeard: false,
        isOpen: true,
        until: this.clock.elapsed() + timeout,
        resolve(answer) {
          packet.isOpen = false;
          resolve(answer);
        },
      };
      this.packets.push(packet);
      if (this.isWilling) {
        void Promise.resolve().then(() => packet.isHeard || this.answer(packet, 'grant'));
      }
      this.clock.setTimeout(() => {
        packet.isOpen = false;
        reject(new LinkCallError('timeout'));
      }, timeout);
    });
  }

  #act(packet: Packet, how: Doing): void {
    packet.isHeard = true;
    const isJoin = packet.event === 'room:join';
    if (isJoin && how !== 'refuse' && how !== 'delay') this.#server.add(packet.room);
    else this.#server.delete(packet.room);
    if (how === 'grant') packet.resolve({});
    if (how === 'delay') packet.resolve({ error: 'busy', retryable: true });
    if (how === 'garble') packet.resolve(new Proxy({}, { has: () => garbled() }));
    if (how === 'refuse') this.#refuse(packet);
  }

  #refuse(packet: Packet): void {
    this.#refusals += 1;
    const refusal = this.#refusals;
    const { link, room, mind, event, isOpen } = packet;
    const isMeant = () => this.#isLinked && this.#link === link && this.#minds.get(room) === mind;
    packet.resolve({ error: refusal });
    if (!isOpen || event !== 'room:join' || !this.#answersEach || !isMeant()) return;
    // Unless the link ends, or the app changes its mind, before the answer is read.
    this.#mayBeTold.set(refusal, isMeant);
  }

  #changeMind(room: string): void {
    this.#minds.set(room, (this.#minds.get(room) ?? 0) + 1);
  }

  #watch(membership: Membership): void {
    this.#members.set(membership.room, membership);
    if (this.#watched.has(membership)) return;
    this.#watched.add(membership);
    let last = '';
    membership.state$.subscribe(({ state, cause }) => {
      if (state === last) this.breaches.push(`${membership.room} is told to be ${state} again`);
      last = state;
      if (state !== 'refused') return;
      this.#changeMind(membership.room);
      this.wished.delete(membership.room);
      const refusal = cause instanceof RoomRefused ? (cause.answer as number) : -1;
      this.#told.set(refusal, (this.#told.get(refusal) ?? 0) + 1);
    });
  }
}

function garbled(): never {
  throw new Error('garbled');
}

const sorted = (rooms: Iterable<string>) => [...rooms].sort();

/** One by one, and with a function that asks for many at once and answers when the last one is answered. */
const dialects: readonly Dialect[] = [
  plain(),
  { ...plain(), joinAll: (rooms, call) => Promise.all(rooms.map((room) => call('room:join', room))) },
];

describe('whatever comes in whatever order', () => {
  test.prop(
    [
      fc.constantFrom(...dialects),
      fc.array(steps, { maxLength: 40, size: 'max' }),
      fc.boolean(),
      fc.boolean(),
      fc.constantFrom(0, 0.5, 0.999),
    ],
    {
      numRuns: 1_000,
    },
  )(
    '[RM-1, RM-2, RM-3, ID-1, LC-13] once it is quiet, the rooms of the server are those that are wished',
    async (dialect, story, recovered, isSameLink, random) => {
      const trial = new Trial(dialect, random);
      for (const step of story) await trial.take(step);
      await settlePromises();

      if (trial.isLinked && isSameLink) {
        // Without help of a new link, nor of anybody: what was left unanswered is asked for again.
        trial.isWilling = true;
        await trial.grantAll();
        await trial.clock.advance(ackTimeout + defaultPolicy.cap);
        const wishes = sorted(trial.wished);
        const unexplained = sorted(trial.server).filter((room) => !trial.keeps.has(room));
        expect(sorted(trial.server), 'wished, on the same link').toEqual(expect.arrayContaining(wishes));
        expect(wishes, 'not wished, on the same link').toEqual(expect.arrayContaining(unexplained));
        expect(sorted(trial.rooms.joined())).toEqual(wishes);
        expect(trial.timers.pending, 'nothing waits any more').toBe(0);
        trial.isWilling = false;
      }

      trial.end();
      expect(trial.timers.pending).toBe(0);
      trial.begin(recovered);
      const unanswered: (readonly string[])[] = [];
      trial.rooms.restore((names) => unanswered.push(names));
      await trial.grantAll();
      expect(sorted(trial.server)).toEqual(sorted(trial.wished));
      expect(sorted(trial.rooms.joined())).toEqual(sorted(trial.wished));
      expect(trial.rooms.hasWishes).toBe(trial.wished.size > 0);
      expect(unanswered).toEqual([[]]);
      expect(trial.timers.pending).toBe(0);
      trial.checkRefusals();
      expect(trial.breaches).toEqual([]);
    },
  );
});
