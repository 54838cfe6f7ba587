import { describe, expect, test } from 'vitest';
import type { Delivery, DeliveryState } from '../../src/outbox/delivery.ts';
import { settlePromises } from '../../src/testing/clock.ts';
import { createHandStore, createOutboxHarness } from '../support/outbox.ts';
import { fc } from '../support/properties.ts';

type Step =
  | { readonly type: 'send'; readonly once: boolean; readonly ttl: number | undefined }
  | { readonly type: 'open' | 'pause' | 'lose' | 'end' | 'release' | 'settle' }
  /** Somebody else's turn, and back: nothing of one is sent for the other. */
  | { readonly type: 'away' | 'back' | 'sign-out' }
  | { readonly type: 'store'; readonly does: 'throws' | 'rejects' | 'waits' | undefined }
  | { readonly type: 'answer' | 'refuse' | 'put-off' | 'time-out'; readonly which: number }
  | { readonly type: 'pass'; readonly ms: number };

const which = fc.nat({ max: 5 });
const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        type: fc.constant('send' as const),
        once: fc.boolean(),
        ttl: fc.constantFrom(undefined, undefined, 0, 400, 12_000),
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        type: fc.constantFrom('open', 'open', 'pause', 'lose', 'end', 'release', 'settle', 'away', 'back'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('sign-out' as const) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('store' as const),
        does: fc.constantFrom('throws', 'rejects', 'waits', undefined, undefined),
      }),
    },
    {
      weight: 9,
      arbitrary: fc.record({
        type: fc.constantFrom('answer', 'answer', 'refuse', 'put-off', 'time-out'),
        which,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('pass' as const),
        ms: fc.constantFrom(1, 500, 5_000, 11_000),
      }),
    },
  ),
  { minLength: 5, maxLength: 60 },
) as fc.Arbitrary<Step[]>;

interface Sent {
  delivery: Delivery;
  readonly of: string;
  readonly states: DeliveryState[];
  readonly once: boolean;
  /** How often it was on the wire, and on which link the last time. */
  times: number;
  link: number;
  /** What the server said no to did not happen: only a doubt makes it `unknown`. */
  isUncertain: boolean;
}

/** Plays the steps, and checks at each message on the wire what was promised about it. */
async function play(given: readonly Step[], window: number, maxResends: number): Promise<Sent[]> {
  const hand = createHandStore();
  const harness = createOutboxHarness({ store: hand.store, window, maxResends });
  const { outbox, clock, hands } = harness;
  const sent: Sent[] = [];
  let link = 0;
  let identity: string | null = 'alice';
  const highest: Record<string, number> = {};
  const broken: unknown[] = [];
  let accepting: Sent | null = null;

  const call = hands.session.call;
  const session = {
    ...hands.session,
    call(event: string, args: readonly unknown[], timeout: number) {
      const index = args[0] as number;
      const message = sent[index] ?? accepting;
      if (message === null) throw new Error('what nobody accepted was sent');
      try {
        check(message, index);
      } catch (thrown) {
        // The outbox takes a link that throws for one that is not open.
        broken.push(thrown);
      }
      message.times += 1;
      message.link = link;
      const answer = call(event, args, timeout);
      answer.catch(() => {
        message.isUncertain = true;
      });
      if (hands.open.length > window) broken.push(new Error('more than `window` in flight'));
      return answer;
    },
  };

  function check(message: Sent, index: number): void {
    expect(message.of).toBe(identity);
    expect(['queued', 'sending']).toContain(message.delivery.state);
    expect(message.times).toBeLessThanOrEqual(maxResends);
    if (message.once) expect(message.isUncertain).toBe(false);
    if (message.times > 0) return;
    // The first time of each is in the order of acceptance, and when those before it were sent again.
    expect(index).toBeGreaterThan(highest[message.of] ?? -1);
    highest[message.of] = index;
    for (const older of sent.slice(0, index)) {
      const isOwed = older.of === identity && older.times > 0 && !isSettled(older.delivery.state);
      if (isOwed) expect(older.link).toBe(link);
    }
  }

  function send(once: boolean, ttl: number | undefined): void {
    if (identity === null) return;
    const states: DeliveryState[] = [];
    const index = sent.length;
    // It may be sent before `send` returns.
    const early = { state: 'queued' } as Delivery;
    accepting = { delivery: early, of: identity, states, once, times: 0, link: -1, isUncertain: false };
    const delivery = outbox.send('say', index, ttl === undefined ? { once } : { once, ttl });
    accepting.delivery = delivery;
    sent.push(accepting);
    accepting = null;
    delivery.state$.subscribe((state) => states.push(state));
  }

  function end(): void {
    hands.loseAll();
    outbox.pause();
    outbox.end(null);
    link += 1;
  }

  async function act(step: Step): Promise<void> {
    switch (step.type) {
      case 'send':
        return send(step.once, step.ttl);
      case 'open':
        return outbox.open(session);
      case 'pause':
        return outbox.pause();
      case 'lose':
        end();
        return settlePromises();
      case 'end':
        return end();
      case 'release':
        return hand.release();
      case 'settle':
        return settlePromises();
      case 'away':
        end();
        identity = 'bob';
        return outbox.belongTo(identity);
      case 'back':
        if (identity !== 'alice') end();
        identity = 'alice';
        return outbox.belongTo(identity);
      case 'sign-out':
        if (identity === null) return;
        end();
        void outbox.signOut(identity);
        identity = null;
        return;
      case 'store':
        if (step.does === undefined) delete hand.behaviours.put;
        else hand.behaviours.put = step.does;
        return;
      case 'pass':
        return clock.advance(step.ms);
      case 'answer':
        return hands.open[step.which]?.answer('ok');
      case 'refuse':
        return hands.open[step.which]?.answer({ error: 'no' });
      case 'put-off':
        return hands.open[step.which]?.answer({ error: 'busy', retryable: true });
      case 'time-out':
        // As late as it would really be.
        return clock.advance(10_000);
    }
  }

  for (const step of given) await act(step);

  // Then all goes well.
  delete hand.behaviours.put;
  await hand.release();
  for (const user of ['alice', 'bob']) {
    if (identity !== user) {
      end();
      await settlePromises();
      identity = user;
      outbox.belongTo(user);
    }
    outbox.open(session);
    for (let round = 0; round < 200 && !outbox.isEmpty; round += 1) {
      for (const each of hands.open) each.answer('ok');
      await hand.release();
      await clock.advance(1_000);
    }
    expect(outbox.isEmpty).toBe(true);
  }
  await hand.release();
  expect(hand.entries.size).toBe(0);
  await outbox.dispose();
  // The deadlines of calls are the link's.
  hands.loseAll();
  expect(clock.pending).toBe(0);
  if (broken.length > 0) throw broken[0];
  return sent;
}

function isSettled(state: DeliveryState): boolean {
  return state !== 'queued' && state !== 'sending';
}

describe('whatever comes first', () => {
  test('[OB-1, OB-2, OB-4, OB-5, OB-6, OB-7, ID-2] every message has one end, in order, and no other', async () => {
    const ends = new Set<DeliveryState>();
    const property = fc.asyncProperty(
      steps,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(0, 1, Number.POSITIVE_INFINITY),
      async (given, window, maxResends) => {
        for (const { delivery, states, times } of await play(given, window, maxResends)) {
          const { state } = delivery;
          ends.add(state);
          expect(isSettled(state)).toBe(true);
          // Told exactly once, and last.
          expect(states.filter(isSettled)).toEqual([state]);
          expect(states.at(-1)).toBe(state);
          if (state === 'expired') expect(times).toBe(0);
          if (state === 'acknowledged' || state === 'unknown') expect(times).toBeGreaterThan(0);
          const outcome = await delivery.acknowledged.then(
            () => 'acknowledged',
            () => 'not',
          );
          expect(outcome).toBe(state === 'acknowledged' ? 'acknowledged' : 'not');
        }
      },
    );
    await fc.assert(property, { numRuns: 1_500 });
    expect([...ends].sort()).toEqual(['acknowledged', 'discarded', 'expired', 'refused', 'unknown']);
  }, 120_000);
});
