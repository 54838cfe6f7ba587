import { describe, expect, test } from 'vitest';
import { createHandStore, createOutboxHarness, entryOf } from '../../support/outbox.ts';

function createKept({
  kept,
  ...given
}: {
  kept?: Parameters<typeof createHandStore>[0];
  window?: number;
} = {}) {
  const hand = createHandStore(kept);
  const harness = createOutboxHarness({ store: hand.store, ...given });
  return { ...harness, hand, codes: () => harness.problems.map(({ code }) => code) };
}

describe('writing', () => {
  test('[OB-7] before the first send; removed when settled', async () => {
    const { say, open, hand, hands, settle } = createKept();
    open();
    hand.behaviours.put = 'waits';
    const [delivery] = say(1);
    expect(hands.payloads).toEqual([]);
    await hand.release();
    expect(hands.payloads).toEqual([1]);
    expect(await delivery?.kept).toBe(true);
    hands.last.answer();
    await settle();
    expect(hand.log).toEqual(['load alice', 'put 1', 'remove 1']);
    expect(hand.entries.size).toBe(0);
  });

  test('[OB-2, OB-7] one that is written slowly is not overtaken', async () => {
    const { say, open, hand, hands, settle } = createKept();
    open();
    hand.behaviours.put = 'waits';
    say(1);
    delete hand.behaviours.put;
    say(2);
    await settle();
    expect(hands.payloads).toEqual([]);
    await hand.release();
    expect(hands.payloads).toEqual([1, 2]);
  });

  test('[OB-4, OB-7] a once message is noted as tried before it is sent', async () => {
    const { outbox, open, hand, hands, settle, say } = createKept();
    hand.behaviours.put = 'waits';
    outbox.send('say', 1, { once: true });
    await hand.release();
    open();
    say(2);
    await settle();
    expect(hands.payloads).toEqual([]);
    await hand.release();
    expect(hand.log.slice(1)).toEqual(['put 1', 'put 1 tried', 'put 2']);
    expect(hands.payloads).toEqual([1, 2]);
  });

  test.each(['throws', 'rejects', 'hangs'] as const)(
    '[OB-7, LC-13] a put that %s is reported, and the message goes on in memory',
    async (how) => {
      const { say, open, hand, hands, clock, codes } = createKept();
      hand.behaviours.put = how;
      const [delivery] = say(1);
      open();
      await clock.advance(5_000);
      expect(hands.payloads).toEqual([1]);
      expect(codes()).toEqual(['store-failed']);
      expect(await delivery?.kept).toBe(false);
      hands.last.answer();
      await clock.advance(0);
      expect(delivery?.state).toBe('acknowledged');
    },
  );

  test('[OB-7] what is written late, after its end, is removed after that', async () => {
    const { say, open, hand, hands, clock } = createKept();
    hand.behaviours.put = 'hangs';
    say(1);
    open();
    await clock.advance(5_000);
    hands.last.answer();
    await clock.advance(0);
    expect(hand.log).toEqual(['load alice', 'put 1']);
    await hand.release();
    expect(hand.log).toEqual(['load alice', 'put 1', 'remove 1']);
    expect(hand.entries.size).toBe(0);
  });

  test('[OB-4, OB-7] when the note that it was tried cannot be written, the one of before is removed', async () => {
    const { outbox, open, hand, hands } = createKept();
    outbox.send('say', 1, { once: true });
    hand.behaviours.put = 'throws';
    open();
    expect(hands.payloads).toEqual([1]);
    expect(hand.entries.size).toBe(0);
  });

  test('[OB-4, OB-7] but not while it is not sent, since its user left meanwhile', async () => {
    const { outbox, open, hand, hands, clock } = createKept();
    const delivery = outbox.send('say', 1, { once: true });
    hand.behaviours.put = 'hangs';
    open();
    outbox.belongTo('bob');
    await clock.advance(5_000);
    expect(await delivery.kept).toBe(true);
    expect([...hand.entries.values()]).toMatchObject([{ payload: 1, isTried: false }]);
    hand.behaviours.put = 'throws';
    await hand.release();
    outbox.belongTo('alice');
    open();
    await clock.advance(0);
    expect(hands.payloads).toEqual([1]);
    expect(hand.entries.size).toBe(0);
  });

  test('[OB-7, OB-1] what could not be removed is reported, and not sent again when its user returns', async () => {
    const { outbox, say, open, hand, hands, settle, codes } = createKept();
    hand.behaviours.remove = 'rejects';
    say(1);
    open();
    hands.last.answer();
    await settle();
    expect(codes()).toEqual(['store-failed']);
    outbox.belongTo('bob');
    outbox.belongTo('alice');
    open();
    expect(hands.payloads).toEqual([1]);
  });

  test('[OB-1, ID-2] what is being removed while its user returns is not sent again', async () => {
    const { outbox, say, open, hand, hands, settle } = createKept();
    hand.behaviours.remove = 'waits';
    hand.behaviours.load = 'waits';
    say(1);
    open();
    await hand.release('load');
    hands.last.answer();
    await settle();
    outbox.belongTo(null);
    outbox.belongTo('alice');
    open();
    await hand.release('load');
    await hand.release();
    expect(hands.payloads).toEqual([1]);
    expect(hand.entries.size).toBe(0);
  });
});

describe('reading', () => {
  test('[OB-7, OB-3] what an earlier run left goes first, in order, with its ids', async () => {
    const { outbox, open, hands, hand, answerAll } = createKept({ kept: [entryOf(1), entryOf(2)] });
    outbox.send('say', 3);
    open();
    expect(hands.payloads).toEqual([1, 2, 3]);
    expect(outbox.view).toMatchObject({ sending: 3, oldest: 900_000 });
    await answerAll();
    expect(hand.entries.size).toBe(0);
    expect(hand.log).toContain('remove 1');
  });

  test('[OB-7] nothing is sent before it was read', async () => {
    const hand = createHandStore([entryOf(1)]);
    hand.behaviours.load = 'waits';
    const { say, open, hands } = createOutboxHarness({ store: hand.store });
    say(2);
    open();
    expect(hands.payloads).toEqual([]);
    await hand.release();
    expect(hands.payloads).toEqual([1, 2]);
  });

  test.each(['throws', 'rejects', 'hangs'] as const)(
    '[OB-7, LC-13] a load that %s is reported, and does not hold up what is new',
    async (how) => {
      const hand = createHandStore([entryOf(1)]);
      hand.behaviours.load = how;
      const { say, open, hands, clock, problems } = createOutboxHarness({ store: hand.store, window: 1 });
      say(2, 3);
      open();
      await clock.advance(5_000);
      expect(hands.payloads).toEqual([2]);
      expect(problems.map(({ code }) => code)).toEqual(['store-failed']);
      if (how !== 'hangs') return;
      await hand.release();
      hands.last.answer();
      await clock.advance(0);
      hands.last.answer();
      await clock.advance(0);
      expect(hands.payloads).toEqual([2, 1, 3]);
    },
  );

  test('[OB-4, OB-7] left behind and maybe sent, a once message ends as unknown, and that is told', () => {
    const tried = entryOf('tried', { once: true, isTried: true });
    const { open, hands, hand, problems } = createKept({ kept: [tried, entryOf('not', { once: true })] });
    open();
    expect(hands.payloads).toEqual(['not']);
    expect(problems).toEqual([
      { code: 'delivery-unknown', message: expect.stringContaining('old-tried ("say")') },
    ]);
    expect(hand.log).toEqual(['load alice', 'remove tried', 'put not tried']);
  });

  test('[OB-5, OB-7] the ttl of what was left behind runs on, at rest too', async () => {
    const kept = [entryOf('soon', { expiresAt: 1_000_500 }), entryOf('ever')];
    const { open, hands, clock, codes } = createKept({ kept });
    await clock.advance(500);
    expect([codes(), clock.pending]).toEqual([['delivery-unknown'], 0]);
    open();
    expect(hands.payloads).toEqual(['ever']);
  });

  test('[OB-7] nobody holds the delivery of what was left behind: its bad end is told as a problem', async () => {
    const kept = [entryOf('no'), entryOf('late', { expiresAt: 999_999 }), entryOf('yes')];
    const { open, hands, settle, codes } = createKept({ kept });
    open();
    hands.calls[0]?.answer({ error: 'no' });
    hands.calls[1]?.answer('yes');
    await settle();
    expect(hands.payloads).toEqual(['no', 'yes']);
    expect(codes()).toEqual(['delivery-unknown', 'answer-refused']);
  });

  test('[OB-7, LC-13] what is corrupt, or no entry, is set aside and reported', () => {
    const hand = createHandStore();
    const odd = [null, 5, {}, { ...entryOf(1), id: '' }, { ...entryOf(1), event: 'connect' }];
    const load = () => ({ entries: [...odd, entryOf(2)] as never[], corrupt: ['line 7 is cut off'] });
    const { outbox, open, hands, problems } = createOutboxHarness({ store: { ...hand.store, load } });
    open();
    expect(hands.payloads).toEqual([2]);
    expect(problems.map(({ code }) => code)).toEqual(['store-corrupt', 'store-corrupt']);
    expect(problems[0]?.message).toBe('line 7 is cut off');
    outbox.belongTo('bob');
  });

  test.each([undefined, null, 7, [], { entries: 5 }])('[LC-13] a load that gives %s is reported', (given) => {
    const hand = createHandStore();
    const { say, open, hands, problems } = createOutboxHarness({
      store: { ...hand.store, load: () => given as never },
    });
    say(1);
    open();
    expect(hands.payloads).toEqual([1]);
    expect(problems.map(({ code }) => code)).toEqual(['store-corrupt']);
  });

  test('[ID-2, OB-7] what is here already is not loaded twice', () => {
    const { outbox, say, open, hands } = createKept();
    say(1, 2);
    outbox.belongTo('bob');
    outbox.belongTo('alice');
    open();
    expect(hands.payloads).toEqual([1, 2]);
  });

  test('[OB-7] what another process left behind is taken over, until the user goes', () => {
    const { outbox, open, hands, hand } = createKept();
    open();
    hand.leave(entryOf(1), entryOf(1));
    expect(hands.payloads).toEqual([1]);
    outbox.belongTo('bob');
    outbox.belongTo(null);
    expect(hand.isWatched).toBe(false);
  });
});

describe('erasing and closing', () => {
  test('[ID-2] signOut erases, and what is being written as well', async () => {
    const { outbox, say, hand, settle } = createKept();
    hand.behaviours.put = 'waits';
    const [delivery] = say(1);
    let isErased = false;
    void outbox.signOut('alice').then(() => {
      isErased = true;
    });
    await settle();
    expect([isErased, delivery?.state]).toEqual([false, 'discarded']);
    await hand.release();
    expect(isErased).toBe(true);
    expect(hand.entries.size).toBe(0);
  });

  test('[ID-2, OB-7] what is sent after it outlives a store that erases slowly', async () => {
    const { outbox, say, open, hand, hands } = createKept();
    say('old');
    hand.behaviours.clear = 'waits';
    void outbox.signOut('alice');
    outbox.belongTo('alice');
    const [fresh] = say('new');
    open();
    expect(hands.payloads).toEqual([]);
    await hand.release();
    expect(hands.payloads).toEqual(['new']);
    expect(await fresh?.kept).toBe(true);
    expect([...hand.entries.values()].map(({ payload }) => payload)).toEqual(['new']);
  });

  test.each(['hangs', 'throws', 'rejects'] as const)(
    '[ID-2, LC-13] it resolves when the store %s, and what was discarded is not loaded again',
    async (how) => {
      const { outbox, say, open, hand, hands, clock, codes } = createKept();
      say(1);
      hand.behaviours.clear = how;
      const erased = outbox.signOut('alice');
      await clock.advance(5_000);
      await erased;
      expect(codes()).toEqual(['store-failed']);
      outbox.belongTo('alice');
      await clock.advance(5_000);
      open();
      expect(hands.payloads).toEqual([]);
    },
  );

  test('[ID-2] what is loaded late does not come back to one who signed out', async () => {
    const hand = createHandStore([entryOf(1)]);
    hand.behaviours.load = 'waits';
    const { outbox, open, hands, settle } = createOutboxHarness({ store: hand.store });
    await outbox.signOut('alice');
    await hand.release();
    outbox.belongTo('alice');
    await hand.release();
    open();
    await settle();
    expect(hands.payloads).toEqual([]);
  });

  test('[LC-10, OB-7] dispose closes the store when what is being written is there, and erases nothing', async () => {
    const { outbox, say, hand, clock, settle } = createKept();
    hand.behaviours.put = 'waits';
    const [delivery] = say(1);
    const end = outbox.dispose();
    await hand.release();
    await end;
    await settle();
    expect(hand.log).toEqual(['load alice', 'put 1', 'close']);
    expect(hand.entries.size).toBe(1);
    expect(await delivery?.kept).toBe(true);
    expect(clock.pending).toBe(0);
    expect(hand.isWatched).toBe(false);
  });

  test('[LC-10, LC-13] dispose does not wait for a store that hangs', async () => {
    const { outbox, say, hand, clock } = createKept();
    hand.behaviours.put = 'hangs';
    const [delivery] = say(1);
    const end = outbox.dispose();
    await clock.advance(1_000);
    await end;
    expect(await delivery?.kept).toBe(false);
    expect(clock.pending).toBe(0);
  });
});
