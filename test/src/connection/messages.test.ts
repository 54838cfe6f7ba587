import { describe, expect, test, vi } from 'vitest';
import { AnswerRefused, type Inbound, isHoldfastError, LinkCallError } from '../../../src/index.ts';
import { createHarness } from '../../support/harness.ts';
import { places, standAt } from '../../support/places.ts';
import { uncaughtDuring } from '../../support/uncaught.ts';

describe('messages in', () => {
  test('[MS-1] carry event, payload, all arguments and the time', async () => {
    const h = await standAt('connected.live');
    const messages: Inbound[] = [];
    h.connection.messages$.subscribe((message) => messages.push(message));
    await h.pass(250);
    h.dial.say('message:new', { text: 'hello' }, 2);
    h.dial.say('empty');
    expect(messages).toEqual([
      {
        event: 'message:new',
        payload: { text: 'hello' },
        args: [{ text: 'hello' }, 2],
        replayed: false,
        receivedAt: 250,
      },
      { event: 'empty', payload: undefined, args: [], replayed: false, receivedAt: 250 },
    ]);
  });

  test('[MS-1] by `on` are the payloads of that event alone', async () => {
    const h = await standAt('connected.live');
    const seen: unknown[] = [];
    h.connection.on('message:new').subscribe((payload) => seen.push(payload));
    h.dial.say('message:new', 1, 'more');
    h.dial.say('message:old', 2);
    h.dial.say('message:new', 3);
    expect(seen).toEqual([1, 3]);
  });

  test.each(['constructor', '__proto__', 'hasOwnProperty'])(
    '[MS-1] of an event with the odd name %s are like others',
    async (event) => {
      const h = await standAt('connected.live');
      const seen: unknown[] = [];
      h.connection.on(event).subscribe((payload) => seen.push(payload));
      h.dial.say(event, 1);
      expect(seen).toEqual([1]);
    },
  );

  test('[MS-1] are hot: subscribing starts nothing, and unsubscribing stops nothing', async () => {
    const h = createHarness();
    const early: unknown[] = [];
    const subscription = h.connection.on('a').subscribe((payload) => early.push(payload));
    const all = h.connection.messages$.subscribe();
    await h.settle();
    expect(h.dials).toEqual([]);
    await h.goLive();
    h.dial.say('a', 1);
    subscription.unsubscribe();
    all.unsubscribe();
    h.dial.say('a', 2);
    const late: unknown[] = [];
    h.connection.on('a').subscribe((payload) => late.push(payload));
    h.dial.say('a', 3);
    expect({ early, late }).toEqual({ early: [1], late: [3] });
    expect(h.connection.getStatus().state).toBe('connected');
  });

  test('[MS-1] that the server sent again before it accepted are marked as replayed', async () => {
    const hands = createHarness();
    const sinks: ((replayed: boolean) => void)[] = [];
    const h = createHarness({
      link: {
        open(identity, sink) {
          sinks.push((replayed) => sink.received(1, 'missed', [1], replayed));
          return hands.link.open(identity, sink);
        },
      },
    });
    const seen: boolean[] = [];
    h.connection.messages$.subscribe(({ replayed }) => seen.push(replayed));
    h.connection.connect('alice');
    for (const say of sinks) {
      say(true);
      say(false);
    }
    expect(seen).toEqual([true, false]);
  });

  test('[MS-2] pass the machine by: no snapshot, no status, no entry in the trace', async () => {
    const inspect = vi.fn();
    const h = await standAt('connected.live', { inspect });
    const snapshots = vi.fn();
    h.connection.actor.subscribe(snapshots);
    inspect.mockClear();
    const before = { snapshot: h.connection.actor.getSnapshot(), statuses: h.statuses.length };
    const { entries } = h.connection.trace();
    const seen = vi.fn();
    h.connection.messages$.subscribe(seen);
    for (let n = 0; n < 1_000; n += 1) h.dial.say('tick', n);
    h.dial.say('holdfast:bye', { code: 'draining' });
    expect(seen).toHaveBeenCalledTimes(1_001);
    expect(snapshots).not.toHaveBeenCalled();
    expect(inspect).not.toHaveBeenCalled();
    expect(h.connection.actor.getSnapshot()).toBe(before.snapshot);
    expect(h.statuses).toHaveLength(before.statuses);
    expect(h.connection.trace().entries).toEqual(entries);
  });

  test('[MS-1, RE-7] show the last word of the server as well', async () => {
    const h = await standAt('connected.live');
    const seen: unknown[] = [];
    h.connection.on('holdfast:bye').subscribe((payload) => seen.push(payload));
    h.dial.say('holdfast:bye', { code: 'draining' });
    expect(seen).toEqual([{ code: 'draining' }]);
  });

  test('[MS-5] reach the others when a subscriber throws, and the connection holds', async () => {
    const h = await standAt('connected.live');
    const seen: unknown[] = [];
    const thrown = await uncaughtDuring(() => {
      const boom = () => {
        throw new Error('a subscriber');
      };
      h.connection.messages$.subscribe(boom);
      h.connection.on('a').subscribe(boom);
      h.connection.on('a').subscribe((payload) => seen.push(payload));
      h.connection.messages$.subscribe(({ payload }) => seen.push(payload));
      expect(() => h.dial.say('a', 1)).not.toThrow();
      h.dial.say('a', 2);
    });
    expect(seen).toEqual([1, 1, 2, 2]);
    expect(thrown.length).toBeGreaterThanOrEqual(2);
    expect(h.connection.getStatus().state).toBe('connected');
  });

  test('[MS-5, LC-10] complete on dispose, for those that subscribe later as well', async () => {
    const h = await standAt('connected.live');
    const done: string[] = [];
    const watch = () => {
      h.connection.messages$.subscribe({ complete: () => done.push('all') });
      h.connection.on('a').subscribe({ complete: () => done.push('a') });
      h.connection.on('never before').subscribe({ complete: () => done.push('new') });
      h.connection.problems$.subscribe({ complete: () => done.push('problems') });
    };
    h.connection.on('a').subscribe();
    await h.connection.dispose();
    watch();
    expect(done).toEqual(['all', 'a', 'new', 'problems']);
  });
});

describe('volatile', () => {
  test('[OB-8] sends when live, with the payload as the one argument', async () => {
    const h = await standAt('connected.live');
    expect(h.connection.volatile('typing', { in: 'room' })).toBe(true);
    expect(h.sent).toEqual([{ event: 'typing', args: [{ in: 'room' }] }]);
  });

  test.each(places.filter((place) => place !== 'connected.live'))(
    '[OB-8] is dropped in %s, now and for good',
    async (place) => {
      const h = await standAt(place);
      expect(h.connection.volatile('typing', 1)).toBe(false);
      h.connection.connect('alice');
      h.connection.retry();
      if (h.connection.getStatus().state !== 'connected') {
        await h.grant();
        h.dial.open();
      }
      await h.pass(60_000);
      expect(h.sent).toEqual([]);
    },
  );

  test('[OB-8, LC-10] is dropped after dispose', async () => {
    const h = await standAt('connected.live');
    await h.connection.dispose();
    expect(h.connection.volatile('typing', 1)).toBe(false);
    expect(h.sent).toEqual([]);
  });
});

describe('request', () => {
  const codeOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'resolved',
      (thrown) => (isHoldfastError(thrown) ? thrown.code : thrown),
    );

  test('[OB-8] gives the answer of the server', async () => {
    const h = await standAt('connected.live');
    h.answerWith(async (event, args) => ({ event, args }));
    await expect(h.connection.request('ask', 1)).resolves.toEqual({ event: 'ask', args: [1] });
  });

  test.each(places.filter((place) => place !== 'connected.live'))(
    '[OB-8] fails at once in %s',
    async (place) => {
      const h = await standAt(place);
      expect(await codeOf(h.connection.request('ask', 1))).toBe('not-live');
      expect(h.sent).toEqual([]);
    },
  );

  test('[OB-8, LC-10] fails at once after dispose, by that name', async () => {
    const h = await standAt('connected.live');
    await h.connection.dispose();
    expect(await codeOf(h.connection.request('ask', 1))).toBe('disposed');
  });

  test.each([
    ['timeout', 'no-answer'],
    ['lost', 'link-lost'],
    ['not-open', 'not-live'],
  ] as const)('[OB-8] fails with a code for %s', async (reason, code) => {
    const h = await standAt('connected.live');
    h.answerWith(async () => Promise.reject(new LinkCallError(reason)));
    expect(await codeOf(h.connection.request('ask', 1))).toBe(code);
  });

  test('[OB-8] that the server answers with an error fails with that answer', async () => {
    const h = await standAt('connected.live');
    h.answerWith(async () => ({ error: { code: 'full' } }));
    const refused = h.connection.request('ask', 1);
    await expect(refused).rejects.toBeInstanceOf(AnswerRefused);
    await expect(refused).rejects.toMatchObject({ code: 'answer-refused', answer: { code: 'full' } });
  });

  test.each([undefined, null, 0, '', false, 'error', ['error'], { ok: true }])(
    '[OB-8] takes %o for an answer, not an error',
    async (answer) => {
      const h = await standAt('connected.live');
      h.answerWith(async () => answer);
      await expect(h.connection.request('ask', 1)).resolves.toEqual(answer);
    },
  );

  test('[OB-8] waits 10 s by default, as long as asked otherwise, and never longer than timers hold', async () => {
    const h = await standAt('connected.live');
    const timeouts: number[] = [];
    h.answerWith(async (_, __, timeout) => timeouts.push(timeout));
    await h.connection.request('ask', 1);
    await h.connection.request('ask', 1, { timeout: 0 });
    await h.connection.request('ask', 1, { timeout: 1e12 });
    expect(timeouts).toEqual([10_000, 0, 2 ** 31 - 1]);
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5'])(
    '[ER-1, OB-8] with a timeout that is none fails: %s',
    async (timeout) => {
      const h = await standAt('connected.live');
      expect(await codeOf(h.connection.request('ask', 1, { timeout: timeout as number }))).toBe(
        'bad-argument',
      );
      expect(h.sent).toEqual([]);
    },
  );

  test('[OB-8] that the caller aborts fails at once, and a late answer is inert', async () => {
    const h = await standAt('connected.live');
    let answer = (_: unknown) => {};
    h.answerWith(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const abort = new AbortController();
    const asked = h.connection.request('ask', 1, { signal: abort.signal });
    abort.abort('enough');
    await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: 'enough' });
    answer(1);
    await h.settle();
    const { signal } = abort;
    expect(await codeOf(h.connection.request('ask', 1, { signal }))).toBe('aborted');
    expect(h.sent).toHaveLength(1);
  });
});
