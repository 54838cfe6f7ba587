import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../../src/errors.ts';
import { OutboxFull } from '../../../src/outbox/checks.ts';
import type { DeliveryState, OutboxView } from '../../../src/outbox/delivery.ts';
import { createOutboxHarness } from '../../support/outbox.ts';

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return isHoldfastError(thrown) ? thrown.code : thrown;
  }
  return 'nothing was thrown';
}

describe('send', () => {
  test('[ER-1] names what it cannot take, at once', () => {
    const { outbox } = createOutboxHarness();
    const send = outbox.send.bind(outbox) as (...given: unknown[]) => unknown;
    for (const event of ['', 7, undefined, 'connect', 'connect_error', 'disconnecting', 'newListener']) {
      expect(codeOf(() => send(event, 1))).toBe('bad-argument');
    }
    for (const options of [{ ttl: -1 }, { ttl: '5' }, { ttl: Number.NaN }, { once: 'yes' }, null, 5]) {
      expect(codeOf(() => send('say', 1, options))).toBe('bad-argument');
    }
    expect(codeOf(() => send('say', () => {}))).toBe('payload-invalid');
    expect(outbox.isEmpty).toBe(true);
  });

  test('[OB-1, ID-3] fails while there is nobody to send for', () => {
    const { outbox } = createOutboxHarness();
    outbox.belongTo(null);
    expect(codeOf(() => outbox.send('say', 1))).toBe('no-identity');
  });

  test('[OB-5] fails with OutboxFull beyond items or bytes, drops nothing, and takes more when there is room', async () => {
    const { outbox, say, open, answerAll } = createOutboxHarness({ capacity: { items: 2, bytes: 20 } });
    const kept = say('1234567890', 'b');
    for (const payload of ['c', 'twelve bytes']) {
      expect(() => outbox.send('say', payload)).toThrow(OutboxFull);
    }
    expect(codeOf(() => outbox.send('say', 'c'))).toBe('outbox-full');
    expect(codeOf(() => outbox.send('say', 'more than twenty bytes'))).toBe('payload-too-large');
    open();
    await answerAll();
    expect(kept.map(({ state }) => state)).toEqual(['acknowledged', 'acknowledged']);
    say('c');
  });

  test('[OB-3] makes ids of its own, and does without a maker of ids that fails', () => {
    const made: unknown[] = ['a', 'a', 7, ''];
    const { outbox, say, problems } = createOutboxHarness({
      id: () => {
        if (made.length === 0) throw new Error('no more');
        return made.shift() as string;
      },
    });
    const ids = say(1, 2, 3, 4, 5).map(({ id }) => id);
    expect(ids[0]).toBe('a');
    expect(new Set(ids).size).toBe(5);
    expect(problems.map(({ code }) => code)).toEqual([
      'bad-option',
      'bad-option',
      'bad-option',
      'callback-threw',
    ]);
    expect(outbox.view.queued).toBe(5);
  });
});

describe('a delivery', () => {
  test('[OB-1] tells its states from the current one on, and completes', async () => {
    const { say, open, hands, lose, settle } = createOutboxHarness();
    const [delivery] = say(1);
    const states: string[] = [];
    delivery?.state$.subscribe({ next: (state) => states.push(state), complete: () => states.push('.') });
    open();
    await lose();
    open();
    hands.last.answer(5);
    await settle();
    expect(states).toEqual(['queued', 'sending', 'queued', 'sending', 'acknowledged', '.']);
    const late: string[] = [];
    delivery?.state$.subscribe({ next: (state) => late.push(state), complete: () => late.push('.') });
    expect(late).toEqual(['acknowledged', '.']);
    expect(await delivery?.acknowledged).toBe(5);
    expect(await delivery?.kept).toBe(true);
  });

  test('[OB-1] is never an unhandled rejection, asked for before or after its end', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const { outbox, say, open, hands, settle } = createOutboxHarness();
    const [before, after] = say(1, 2);
    void before?.acknowledged;
    open();
    for (const call of [...hands.open]) call.answer({ error: 'no' });
    await settle();
    void after?.acknowledged;
    void say(3)[0]?.acknowledged;
    await outbox.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('[LC-12, OB-2] a subscriber that sends is heard in order, and disturbs nothing', async () => {
    const { outbox, say, open, hands, answerAll } = createOutboxHarness({ window: 2 });
    for (const delivery of say(1, 2, 3)) {
      delivery.state$.subscribe((state) => {
        if (state === 'sending') outbox.send('say', 'from within');
      });
    }
    open();
    await answerAll();
    expect(hands.payloads).toEqual([1, 2, 3, 'from within', 'from within', 'from within']);
  });

  test.each(['signOut', 'dispose', 'pause', 'leave'] as const)(
    '[LC-12, OB-1] a subscriber that calls %s in the middle of sending ends it there',
    async (what) => {
      const { outbox, say, open, hands, settle } = createOutboxHarness();
      const deliveries = say(1, 2, 3);
      deliveries[1]?.state$.subscribe((state) => {
        if (state !== 'sending') return;
        if (what === 'signOut') void outbox.signOut('alice');
        else if (what === 'dispose') void outbox.dispose();
        else if (what === 'pause') outbox.pause();
        else outbox.belongTo('bob');
      });
      open();
      await settle();
      expect(hands.payloads).toEqual([1, 2]);
      const last: DeliveryState | undefined = what === 'signOut' ? 'discarded' : 'queued';
      expect(deliveries[2]?.state).toBe(last);
    },
  );
});

describe('ttl', () => {
  test('[OB-5] never sent, it is expired at its time, at rest too, and is never sent later', async () => {
    const { outbox, open, hands, clock } = createOutboxHarness();
    const late = outbox.send('say', 'late', { ttl: 5_000 });
    const early = outbox.send('say', 'early', { ttl: 1_000 });
    outbox.send('say', 'never');
    expect(clock.pending).toBe(1);
    await clock.advance(999);
    expect(early.state).toBe('queued');
    await clock.advance(1);
    expect([early.state, late.state]).toEqual(['expired', 'queued']);
    await clock.advance(4_000);
    expect(late.state).toBe('expired');
    expect(clock.pending).toBe(0);
    await expect(early.acknowledged).rejects.toMatchObject({ code: 'delivery-expired' });
    open();
    expect(hands.payloads).toEqual(['never']);
  });

  test('[OB-5] sent before, it is unknown: while sending, and while it waits to be sent again', async () => {
    const { outbox, open, lose, hands, clock, settle } = createOutboxHarness();
    const sending = outbox.send('say', 1, { ttl: 1_000 });
    open();
    await clock.advance(1_000);
    expect(sending.state).toBe('unknown');
    const again = outbox.send('say', 2, { ttl: 1_000 });
    await lose();
    await clock.advance(1_000);
    expect(again.state).toBe('unknown');
    hands.calls[0]?.answer('too late');
    await settle();
    expect(sending.state).toBe('unknown');
  });

  test('[OB-5] its room is free again', async () => {
    const { say, clock } = createOutboxHarness({ ttl: 1_000, capacity: { items: 1, bytes: 100 } });
    for (let round = 0; round < 3; round += 1) {
      say(round);
      await clock.advance(1_000);
    }
  });

  test('[OB-5, CR-10] a clock set back makes it no earlier, and one of years is no timer that fires at once', async () => {
    const { outbox, clock } = createOutboxHarness();
    const set = outbox.send('say', 1, { ttl: 1_000 });
    const years = outbox.send('say', 2, { ttl: 2 ** 40 });
    clock.adjust(-500);
    await clock.advance(1_000);
    expect(set.state).toBe('queued');
    await clock.advance(500);
    expect([set.state, years.state]).toEqual(['expired', 'queued']);
    expect(clock.pending).toBe(1);
  });

  test('[OB-5] it is looked for in whole milliseconds: a fraction that a clock cannot count makes no loop', async () => {
    const { outbox, clock } = createOutboxHarness();
    await clock.advance(0.1);
    const sent = outbox.send('say', 1, { ttl: 800 });
    // A day back, and a number of this size cannot hold the fraction: the timer is early by less than the clock can tell.
    clock.adjust(-86_400_000);
    await clock.advance(86_400_800);
    expect(sent.state).toBe('queued');
    await clock.advance(1);
    expect(sent.state).toBe('expired');
  });

  test('[OB-5] overdue after a sleep, it is not sent in the moment of waking', async () => {
    const { outbox, open, hands, clock } = createOutboxHarness();
    const slept = outbox.send('say', 1, { ttl: 1_000 });
    clock.adjust(5_000);
    open();
    expect([slept.state, hands.payloads]).toEqual(['expired', []]);
  });
});

describe('identities', () => {
  test('[ID-2] what one user left is not sent for another, and goes on when they return', async () => {
    const { outbox, say, open, hands, settle } = createOutboxHarness();
    const [waiting] = say('of alice');
    outbox.belongTo('bob');
    open();
    say('of bob');
    expect(hands.payloads).toEqual(['of bob']);
    expect(outbox.view.sending).toBe(1);
    outbox.belongTo(null);
    outbox.belongTo('alice');
    expect(hands.payloads).toEqual(['of bob']);
    open();
    expect(hands.payloads).toEqual(['of bob', 'of alice']);
    hands.last.answer();
    await settle();
    expect(waiting?.state).toBe('acknowledged');
  });

  test('[ID-2, OB-2] in flight when the user changes, it goes again when they return, before newer ones', async () => {
    const { outbox, say, open, hands, settle } = createOutboxHarness();
    say(1, 2);
    open();
    hands.loseAll();
    outbox.belongTo('bob');
    await settle();
    outbox.belongTo('alice');
    say(3);
    open();
    expect(hands.payloads).toEqual([1, 2, 1, 2, 3]);
  });

  test('[ID-2, OB-5] the ttl of somebody who is away runs on', async () => {
    const { outbox, clock } = createOutboxHarness();
    const delivery = outbox.send('say', 1, { ttl: 1_000 });
    outbox.belongTo('bob');
    await clock.advance(1_000);
    expect(delivery.state).toBe('expired');
  });

  test('[ID-2] signOut settles all of them as discarded, those in flight too, and nobody is signed in', async () => {
    const { outbox, say, open, hands, settle, clock } = createOutboxHarness({ window: 1 });
    const deliveries = say(1, 2);
    open();
    await outbox.signOut('alice');
    expect(deliveries.map(({ state }) => state)).toEqual(['discarded', 'discarded']);
    await expect(deliveries[0]?.acknowledged).rejects.toMatchObject({ code: 'delivery-discarded' });
    hands.last.answer();
    await settle();
    expect(deliveries[0]?.state).toBe('discarded');
    expect(codeOf(() => outbox.send('say', 3))).toBe('no-identity');
    outbox.belongTo('alice');
    open();
    expect([hands.payloads, clock.pending]).toEqual([[1], 0]);
  });

  test('[ID-2] signOut of somebody who is away settles theirs, and leaves those of who is here', async () => {
    const { outbox, say, open, hands } = createOutboxHarness();
    const [away] = say('of alice');
    outbox.belongTo('bob');
    const [here] = say('of bob');
    await outbox.signOut('alice');
    expect([away?.state, here?.state]).toEqual(['discarded', 'queued']);
    outbox.belongTo('alice');
    open();
    expect(hands.payloads).toEqual([]);
    outbox.belongTo('bob');
    open();
    expect(hands.payloads).toEqual(['of bob']);
  });
});

describe('the view', () => {
  test('[OB-5] shows what waits, at most once a turn, the current one first', async () => {
    const { outbox, say, open, answerAll, settle } = createOutboxHarness({ window: 1 });
    say('a');
    const views: OutboxView[] = [];
    outbox.view$.subscribe((view) => views.push(view));
    say('b', 'c');
    open();
    await settle();
    outbox.belongTo('bob');
    await settle();
    outbox.belongTo('alice');
    open();
    await answerAll();
    const oldest = 1_000_000;
    expect(views).toEqual([
      { queued: 1, sending: 0, bytes: 3, oldest },
      { queued: 2, sending: 1, bytes: 9, oldest },
      { queued: 0, sending: 0, bytes: 0, oldest: null },
      expect.objectContaining({ sending: 1, bytes: 9 }),
      expect.objectContaining({ sending: 1, bytes: 6 }),
      expect.objectContaining({ sending: 1, bytes: 3 }),
      { queued: 0, sending: 0, bytes: 0, oldest: null },
    ]);
  });
});

describe('dispose', () => {
  test('[LC-10, ID-2] rejects what is pending of who is here and of everybody who is away', async () => {
    const { outbox, say } = createOutboxHarness();
    const pending = [];
    for (const user of ['alice', 'bob', 'carol']) {
      outbox.belongTo(user);
      pending.push(...say(user));
    }
    await outbox.dispose();
    for (const { acknowledged } of pending) {
      await expect(acknowledged).rejects.toMatchObject({ code: 'disposed' });
    }
  });

  test('[LC-10, OB-5] whoever looks at what waits only after it sees nothing, and the end', async () => {
    const { outbox, say } = createOutboxHarness();
    say(1);
    await outbox.dispose();
    const seen: unknown[] = [];
    outbox.view$.subscribe({ next: (view) => seen.push(view.queued), complete: () => seen.push('end') });
    expect(seen).toEqual([0, 'end']);
  });

  test('[LC-10] rejects what is pending, completes what is watched, leaves no timer', async () => {
    const { outbox, say, open, hands, clock, settle } = createOutboxHarness({ ttl: 60_000 });
    const states: string[] = [];
    const [waits, busy, sending] = say(0, 1, 2);
    for (const delivery of [waits, busy]) {
      delivery?.state$.subscribe({ next: (state) => states.push(state), complete: () => states.push('.') });
    }
    outbox.view$.subscribe({ complete: () => states.push('no more views') });
    const rejected = expect(sending?.acknowledged).rejects.toMatchObject({ code: 'disposed' });
    open();
    hands.calls[1]?.answer({ error: 'busy', retryable: true });
    await settle();
    for (const call of hands.open) call.answer();
    const end = outbox.dispose();
    expect(clock.pending).toBe(0);
    expect(outbox.dispose()).toBe(end);
    await end;
    await rejected;
    expect(states.filter((state) => state.endsWith('.') || state.includes('more'))).toEqual([
      '.',
      '.',
      'no more views',
    ]);
    await expect(waits?.acknowledged).rejects.toMatchObject({ code: 'disposed' });
    expect(codeOf(() => outbox.send('say', 3))).toBe('disposed');
    outbox.belongTo('bob');
    outbox.open(hands.session);
    outbox.end(null);
    await outbox.signOut('alice');
    expect(clock.pending).toBe(0);
  });
});
