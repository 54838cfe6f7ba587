import { defaultPolicy } from '../../machines/policy.ts';
import type { Dialect } from '../../src/dialect/dialect.ts';
import { LinkCallError, type Problem, plain } from '../../src/index.ts';
import type { Membership, MembershipState } from '../../src/membership.ts';
import { Problems } from '../../src/problems.ts';
import { Rooms } from '../../src/rooms.ts';
import { countTimers } from '../../src/testing/clock.ts';
import { createVirtualClock, settlePromises } from '../../src/testing/index.ts';

/** A call that reached the link, with the hands of a server on it. */
export interface Asked {
  readonly event: string;
  readonly room: unknown;
  readonly timeout: number;
  answer(value?: unknown): void;
  fail(thrown: unknown): void;
}

/** Rooms on simulated time, with the server in the test's hands. */
export function standRooms({
  dialect = plain(),
  ackTimeout = 10_000,
  random = () => 0.5,
  answered = () => {},
}: {
  dialect?: Partial<Dialect>;
  ackTimeout?: number;
  random?: () => number;
  answered?: () => void;
} = {}) {
  const clock = createVirtualClock();
  // Apart from those of the link.
  const timers = countTimers(clock);
  const desk = {
    redact: <T>(said: T): T => JSON.parse(JSON.stringify(said).replaceAll('sekret', '[redacted]')),
  };
  const problems: Problem[] = [];
  const reporter = new Problems(clock, desk);
  reporter.problems$.subscribe((problem) => problems.push(problem));
  const asked: Asked[] = [];
  const session = {
    call: (event: string, args: readonly unknown[], timeout: number) =>
      new Promise<unknown>((resolve, reject) => {
        const timer = clock.setTimeout(() => reject(new LinkCallError('timeout')), timeout);
        const settle = (act: () => void) => {
          clock.clearTimeout(timer as never);
          act();
        };
        asked.push({
          event,
          room: args[0],
          timeout,
          answer: (value) => settle(() => resolve(value)),
          fail: (thrown) => settle(() => reject(thrown)),
        });
      }),
  };
  const rooms = new Rooms({
    dialect: { ...plain(), ...dialect },
    problems: reporter,
    desk,
    clock: timers,
    policy: defaultPolicy,
    random,
    ackTimeout,
    answered,
  });
  return {
    rooms,
    clock,
    timers,
    session,
    problems,
    problems$: reporter.problems$,
    asked,
    /** What was asked since this was last called: `join a`. */
    news: newsOf(asked),
    settle: settlePromises,
    begin(recovered = false) {
      rooms.begin(session, recovered);
    },
    /** The latest call for this room. */
    call(room: string): Asked {
      const call = asked.findLast((each) => each.room === room);
      if (call === undefined) throw new Error(`nobody asked for ${room}`);
      return call;
    },
    async answer(room: string, value?: unknown) {
      this.call(room).answer(value);
      await settlePromises();
    },
    /** On a link, and in these rooms. */
    async goIn(...names: string[]) {
      const memberships = names.map((name) => rooms.join(name));
      this.begin();
      for (const call of asked) call.answer();
      await settlePromises();
      this.news();
      return memberships;
    },
  };
}

function newsOf(asked: readonly Asked[]): () => string[] {
  let told = 0;
  return () => {
    const news = asked.slice(told).map(({ event, room }) => `${event.replace('room:', '')} ${room}`);
    told = asked.length;
    return news;
  };
}

/** Everything a membership tells, and `completed`. */
export function watch(membership: Membership): string[] {
  const seen: string[] = [];
  membership.state$.subscribe({
    next: ({ state }) => seen.push(state),
    complete: () => seen.push('completed'),
  });
  return seen;
}

/** In short: `a joined, b refused`. */
export function tellRooms(map: ReadonlyMap<string, MembershipState>): string {
  return [...map].map(([room, { state }]) => `${room} ${state}`).join(', ');
}
