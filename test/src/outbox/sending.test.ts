import { describe, expect, test } from 'vitest';
import { AnswerRefused } from '../../../src/calls.ts';
import { plain } from '../../../src/dialect/plain.ts';
import { createOutboxHarness } from '../../support/outbox.ts';

describe('order and window', () => {
  test('[OB-2] what waits goes in order when the link is live, and nothing before', async () => {
    const { say, open, hands, answerAll } = createOutboxHarness();
    say(1, 2, 3);
    expect(hands.calls).toEqual([]);
    open();
    say(4);
    await answerAll();
    expect(hands.payloads).toEqual([1, 2, 3, 4]);
  });

  test('[OB-2] never more than `window` in flight', async () => {
    const { say, open, hands, settle } = createOutboxHarness({ window: 2 });
    open();
    say(1, 2, 3, 4);
    expect(hands.payloads).toEqual([1, 2]);
    hands.calls[1]?.answer();
    await settle();
    expect(hands.payloads).toEqual([1, 2, 3]);
  });

  test('[OB-2, OB-5] one whose ttl ended on the wire takes its room there until its call is over', async () => {
    const { outbox, say, open, hands, clock } = createOutboxHarness({ window: 1 });
    outbox.send('say', 1, { ttl: 1_000 });
    say(2);
    open();
    await clock.advance(9_999);
    expect(hands.payloads).toEqual([1]);
    await clock.advance(1);
    expect(hands.payloads).toEqual([1, 2]);
  });

  test('[OB-2, OB-3] after a loss the unacknowledged go again first, with the same ids', async () => {
    const dialect = plain({ idKey: 'id' });
    const { outbox, open, hands, lose, settle } = createOutboxHarness({ window: 3, dialect });
    const sent = ['a', 'b', 'c', 'd'].map((text) => outbox.send('say', { text }));
    open();
    hands.calls[1]?.answer();
    await settle();
    await lose();
    expect(sent.map(({ state }) => state)).toEqual(['queued', 'acknowledged', 'queued', 'queued']);
    outbox.send('say', { text: 'e' });
    open();
    expect(hands.payloads.slice(4)).toEqual([
      { text: 'a', id: sent[0]?.id },
      { text: 'c', id: sent[2]?.id },
      { text: 'd', id: sent[3]?.id },
    ]);
  });

  test('[OB-1] an answer that came in the turn of the loss counts', async () => {
    const { outbox, say, open, hands, settle } = createOutboxHarness();
    const [kept, lost] = [...say('kept'), outbox.send('say', 'lost', { once: true })];
    open();
    hands.calls[0]?.answer('yes');
    hands.calls[1]?.fail('lost');
    outbox.end(null);
    await settle();
    expect(await kept?.acknowledged).toBe('yes');
    expect(lost?.state).toBe('unknown');
  });

  test('[OB-2] pausing sends nothing more, and answers still count', async () => {
    const { outbox, say, open, hands, settle } = createOutboxHarness({ window: 1 });
    const [first, second] = say(1, 2);
    open();
    outbox.pause();
    hands.last.answer();
    await settle();
    expect([first?.state, second?.state]).toEqual(['acknowledged', 'queued']);
    expect(hands.payloads).toEqual([1]);
    outbox.open(hands.session);
    expect(hands.payloads).toEqual([1, 2]);
  });

  test('[OB-2] what is in flight over a pause of the same link is not sent twice', async () => {
    const { outbox, say, open, hands } = createOutboxHarness();
    say(1);
    open();
    outbox.pause();
    outbox.open(hands.session);
    expect(hands.payloads).toEqual([1]);
  });

  test('[OB-2] a link that never said what became of its calls is over when the next one opens', async () => {
    const { outbox, say, open, hands } = createOutboxHarness();
    say(1);
    const once = outbox.send('say', 2, { once: true });
    open();
    outbox.end(null);
    open();
    say(3);
    expect(hands.payloads).toEqual([1, 2, 1, 3]);
    expect(once.state).toBe('unknown');
  });

  test('[OB-2] ten thousand drain in order', async () => {
    const { outbox, open, hands, settle } = createOutboxHarness({
      capacity: { items: 20_000, bytes: 1e9 },
    });
    const deliveries = Array.from({ length: 10_000 }, (_, index) => outbox.send('say', index));
    open();
    for (let index = 0; index < 10_000; index += 1) {
      hands.calls[index]?.answer(index);
      if (index % 16 === 0) await settle();
    }
    await settle();
    expect(hands.payloads).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
    expect(deliveries.every(({ state }) => state === 'acknowledged')).toBe(true);
    expect(outbox.isEmpty).toBe(true);
  });
});

describe('a link that does not take it or does not answer', () => {
  test('[OB-2] without an answer in time, it goes again in its place, on the same link', async () => {
    const { say, open, hands, clock } = createOutboxHarness({ window: 1, ackTimeout: 5_000 });
    say(1, 2);
    open();
    await clock.advance(4_999);
    expect(hands.payloads).toEqual([1]);
    await clock.advance(1);
    expect(hands.payloads).toEqual([1, 1]);
    hands.last.answer();
    await clock.advance(0);
    expect(hands.payloads).toEqual([1, 1, 2]);
  });

  test('[OB-1] beyond `maxResends` it ends as unknown', async () => {
    const { say, open, hands, clock } = createOutboxHarness({ maxResends: 1 });
    const [delivery] = say(1);
    open();
    await clock.advance(20_000);
    expect(hands.payloads).toEqual([1, 1]);
    expect(delivery?.state).toBe('unknown');
    await expect(delivery?.acknowledged).rejects.toMatchObject({ code: 'delivery-unknown' });
  });

  test('[OB-2] one that takes nothing is asked once a second, and no try is counted', async () => {
    const { outbox, say, hands, clock } = createOutboxHarness({ maxResends: 0 });
    say(1);
    let asked = 0;
    const call = () => {
      asked += 1;
      return hands.session.call('say', [1], 10_000);
    };
    hands.isOpen = false;
    outbox.open({ ...hands.session, call });
    await clock.advance(0);
    expect([asked, clock.pending]).toEqual([1, 1]);
    await clock.advance(3_000);
    expect(asked).toBe(4);
    hands.isOpen = true;
    await clock.advance(1_000);
    expect(hands.payloads).toEqual([1]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['rejects at once', () => Promise.reject(new Error('no'))],
    ['gives no promise', () => undefined as never],
  ])('[LC-13] one that %s is no hot loop', async (_, call) => {
    const { outbox, say, hands, clock } = createOutboxHarness();
    say(1);
    let asked = 0;
    const count = () => {
      asked += 1;
      return call() as Promise<unknown>;
    };
    outbox.open({ ...hands.session, call: count });
    await clock.advance(2_500);
    expect(asked).toBeLessThan(5);
  });
});

describe('an answer that says no', () => {
  test('[OB-6, CR-12] refuses with what the server said, redacted', async () => {
    const { say, open, hands, settle } = createOutboxHarness();
    const [delivery] = say(1);
    open();
    hands.last.answer({ error: { reason: 'sesame is not allowed' } });
    await settle();
    expect(delivery?.state).toBe('refused');
    const error = await delivery?.acknowledged.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(AnswerRefused);
    expect((error as AnswerRefused).answer).toEqual({ reason: '[redacted] is not allowed' });
  });

  test('[OB-6] for now: it steps aside under a growing backoff, and lets others pass', async () => {
    const { say, open, hands, clock, settle } = createOutboxHarness({ window: 1 });
    const [busy] = say('busy', 'next');
    open();
    hands.last.answer({ error: 'busy', retryable: true });
    await settle();
    expect(hands.payloads).toEqual(['busy', 'next']);
    expect(busy?.state).toBe('queued');
    hands.last.answer();
    // The middle of [0, 1 s], [0, 4 s] and [3 s, 6 s].
    for (const wait of [500, 2_000, 4_500]) {
      const sent = hands.calls.length;
      await clock.advance(wait - 1);
      expect(hands.calls.length).toBe(sent);
      await clock.advance(1);
      expect(hands.calls.length).toBe(sent + 1);
      hands.last.answer({ error: 'busy', retryable: true });
      await settle();
    }
  });

  test('[OB-2, OB-6] at rest it has no timer, and on the next link it goes in its place', async () => {
    const { say, open, hands, clock, settle, lose } = createOutboxHarness();
    say(1, 2);
    open();
    hands.calls[0]?.answer({ error: 'busy', retryable: true });
    await settle();
    await lose();
    expect(clock.pending).toBe(0);
    open();
    expect(hands.payloads).toEqual([1, 2, 1, 2]);
  });

  test('[OB-4, OB-6] for now, a `once` message goes again: the server said that nothing happened', async () => {
    const { outbox, open, hands, clock, settle } = createOutboxHarness();
    const once = outbox.send('say', 1, { once: true });
    open();
    hands.last.answer({ error: 'busy', retryable: true });
    await settle();
    await clock.advance(500);
    hands.last.answer('ok');
    expect(await once.acknowledged).toBe('ok');
  });

  test.each([{}, { ok: 'yes', value: 1 }, null, 'ok'])(
    '[LC-13] a dialect that reads %j in it has read nothing: it is no refusal',
    async (reading) => {
      const dialect = { ...plain(), readAnswer: () => reading as never };
      const { say, open, hands, settle, problems } = createOutboxHarness({ dialect });
      open();
      const [unread] = say(1);
      hands.last.answer('fine');
      await settle();
      expect(unread?.state).toBe('unknown');
      expect(problems.map(({ code }) => code)).toEqual(['callback-threw']);
    },
  );

  test('[LC-13] a dialect that cannot read it leaves it unknown; one that cannot write it, refused', async () => {
    let isBroken = true;
    const dialect = {
      ...plain(),
      readAnswer: () => undefined as never,
      encode({ payload }: { payload: unknown }) {
        if (isBroken) throw new Error('no words');
        return [payload];
      },
    };
    const { say, open, hands, settle, problems } = createOutboxHarness({ dialect });
    open();
    const [unwritten] = say(1);
    isBroken = false;
    const [unread] = say(2);
    hands.last.answer('fine');
    await settle();
    expect([unwritten?.state, unread?.state]).toEqual(['refused', 'unknown']);
    expect(problems.map(({ code }) => code)).toEqual(['callback-threw', 'callback-threw']);
    await expect(unwritten?.acknowledged).rejects.toMatchObject({ code: 'callback-threw' });
    expect(hands.payloads).toEqual([2]);
  });
});

describe('at most once', () => {
  test.each(['lost', 'timeout'] as const)(
    '[OB-4] in flight when the call is %s, it ends as unknown',
    async (how) => {
      const { outbox, open, hands, clock, lose } = createOutboxHarness();
      const once = outbox.send('say', 1, { once: true });
      open();
      if (how === 'lost') await lose();
      else await clock.advance(10_000);
      expect(once.state).toBe('unknown');
      open();
      await clock.advance(60_000);
      expect(hands.payloads).toEqual([1]);
      await expect(once.acknowledged).rejects.toMatchObject({ code: 'delivery-unknown' });
    },
  );

  test('[OB-4] not taken by the link, it was never sent: it waits', async () => {
    const { outbox, open, hands, settle } = createOutboxHarness();
    const once = outbox.send('say', 1, { once: true });
    hands.isOpen = false;
    outbox.open(hands.session);
    await settle();
    expect(once.state).toBe('queued');
    outbox.end(null);
    open();
    expect(hands.payloads).toEqual([1]);
  });
});

describe('size', () => {
  test('[LK-5] a link lost over a message too big: the largest in flight is set aside, the others go again', async () => {
    const { say, open, hands, lose, problems } = createOutboxHarness();
    const [small, large, other] = say('x', 'x'.repeat(500), 'y');
    open();
    await lose('message-too-big');
    expect([small?.state, large?.state, other?.state]).toEqual(['queued', 'refused', 'queued']);
    await expect(large?.acknowledged).rejects.toMatchObject({ code: 'message-too-big' });
    expect(problems.map(({ code }) => code)).toEqual(['message-too-big']);
    open();
    expect(hands.payloads.slice(3)).toEqual(['x', 'y']);
  });

  test('[LK-5] larger than this server takes, it is refused before it is sent, and the others go on', async () => {
    const { say, open, hands, problems } = createOutboxHarness();
    const [large, small] = say('x'.repeat(2_000), 'small');
    hands.maxPayload = 2_000;
    open();
    expect(hands.payloads).toEqual(['small']);
    expect([large?.state, small?.state]).toEqual(['refused', 'sending']);
    await expect(large?.acknowledged).rejects.toMatchObject({ code: 'payload-too-large' });
    expect(problems.map(({ code }) => code)).toEqual(['payload-too-large']);
  });

  test('[LK-5] what a dialect adds counts, and bytes count by the packet they travel in', async () => {
    const dialect = {
      ...plain(),
      encode: ({ payload }: { payload: unknown }) => [payload, 'y'.repeat(1_000)],
    };
    const { say, open, hands } = createOutboxHarness({ dialect });
    const [text, bytes] = say('x'.repeat(1_000), [new Uint8Array(900), new Uint8Array(900)]);
    hands.maxPayload = 1_900;
    open();
    expect([text?.state, bytes?.state]).toEqual(['refused', 'sending']);
  });

  test('[OB-5] send refuses at once what is larger than the last server took', () => {
    const { outbox, open, hands } = createOutboxHarness();
    hands.maxPayload = 1_000;
    open();
    expect(() => outbox.send('say', 'x'.repeat(1_000))).toThrow(
      expect.objectContaining({ code: 'payload-too-large' }),
    );
  });
});
