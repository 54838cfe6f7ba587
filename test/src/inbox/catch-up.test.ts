import { concat, from, NEVER, Observable, observable, of, throwError } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { CursorUnknown } from '../../../src/errors.ts';
import { createInbox, items } from '../../support/inbox.ts';
import { timersOn } from '../../support/world.ts';

const done = { type: 'restoring.done', epoch: 7 };

async function* streamOf(...texts: string[]) {
  yield* items(...texts);
}

describe('sync', () => {
  test('[SY-1] is asked for whom, since when, in which rooms, and from where in each stream', async () => {
    const h = createInbox({ fetch: () => [] });
    h.say('a1', 'a2');
    h.clock.increment(40);
    h.say('b7');
    h.clock.increment(60);
    await h.reconnect();
    const [{ signal, ...request } = { signal: null }] = h.asked;
    expect(request).toEqual({ identity: 'alice', since: 40, rooms: ['lobby'], cursors: { a: 2, b: 7 } });
    expect(signal).toBeInstanceOf(AbortSignal);
    expect(signal?.aborted).toBe(false);
  });

  test('[SY-1] is told that there was no message before', async () => {
    const h = createInbox({ fetch: () => [] });
    await h.reconnect();
    expect(h.asked).toMatchObject([{ since: null, cursors: {} }]);
  });

  test.each([
    ['an array', () => items('a2', 'a3')],
    ['a promise', async () => items('a2', 'a3')],
    ['a Set', () => new Set(items('a2', 'a3'))],
    [
      'a generator',
      function* () {
        yield* items('a2', 'a3');
      },
    ],
    ['an async generator', () => streamOf('a2', 'a3')],
    ['a promise of an async generator', async () => streamOf('a2', 'a3')],
    ['an Observable', () => from(items('a2', 'a3'))],
    [
      'a ReadableStream',
      () =>
        new ReadableStream({
          start(controller) {
            for (const item of items('a2', 'a3')) controller.enqueue(item);
            controller.close();
          },
        }),
    ],
    [
      'a ReadableStream of a browser that cannot iterate over it',
      () => {
        const chunks = items('a2', 'a3').values();
        return { getReader: () => ({ read: async () => chunks.next(), releaseLock: () => {} }) };
      },
    ],
    [
      'an Observable of another library',
      () => ({ [observable]: () => from(items('a2', 'a3')), [Symbol.iterator]: () => items('a9').values() }),
    ],
  ])('[SY-1] may give %s', async (_, fetch) => {
    const h = createInbox({ fetch: fetch as never });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    h.say('a4');
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(h.settled).toEqual([done]);
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3*', 'a4']);
    expect(h.problems).toEqual([]);
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[SY-1, MS-1] gives messages like live ones, with the time of their delivery', async () => {
    const h = createInbox({ fetch: () => items('a2') });
    h.clock.increment(10);
    await h.reconnect();
    expect(h.messages).toEqual([
      {
        event: 'note',
        payload: { id: 'a2', stream: 'a', sequence: 2, version: 0 },
        args: [{ id: 'a2', stream: 'a', sequence: 2, version: 0 }],
        id: 'a2',
        replayed: true,
        receivedAt: 10,
      },
    ]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      'sync-failed',
    ],
    [
      'rejects',
      async () => {
        throw new Error('boom');
      },
      'sync-failed',
    ],
    [
      'fails half-way',
      () =>
        concat(
          from(items('a2', 'a3')),
          throwError(() => new Error('boom')),
        ),
      'sync-failed',
    ],
    [
      'throws half-way',
      async function* () {
        yield* items('a2');
        throw new Error('boom');
      },
      'sync-failed',
    ],
    ['gives nothing', () => undefined, 'sync-invalid'],
    ['promises nothing', async () => undefined, 'sync-invalid'],
    ['gives a string', () => 'junk', 'sync-invalid'],
    ['gives an object', () => ({ items: [] }), 'sync-invalid'],
    [
      'gives a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a thenable is what is meant
        get then() {
          throw new Error('boom');
        },
      }),
      'sync-failed',
    ],
    [
      'throws a proxy',
      () => {
        throw new Proxy(
          {},
          {
            has() {
              throw new Error();
            },
            get() {
              throw new Error();
            },
          },
        );
      },
      'sync-failed',
    ],
  ])('[SY-1, LC-13] that %s is a failed try, and leaves no trace', async (_, fetch, code) => {
    const h = createInbox({ fetch: fetch as never });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    h.say('a4');
    await h.settle();
    expect(h.settled).toMatchObject([
      { type: 'restoring.failed', epoch: 7, failure: { code }, mayRetry: true },
    ]);
    expect(h.story).toEqual(['a1']);
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[SY-1] that failed and then worked gives nothing twice, also without `identify`', async () => {
    let tries = 0;
    const h = createInbox({
      identify: null,
      fetch: () => {
        tries += 1;
        return tries < 3
          ? concat(
              from(items('a2')),
              throwError(() => 'no'),
            )
          : items('a2', 'a3');
      },
    });
    h.say('a1');
    h.inbox.hold();
    for (let n = 0; n < 3; n += 1) h.catchUp()();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3*']);
  });

  test('[SY-1, CR-12] never shows a credential in what it failed of', async () => {
    const h = createInbox({
      secret: 's3cret',
      fetch: () => {
        throw new Error('GET /missed?token=s3cret');
      },
    });
    await h.reconnect();
    expect(JSON.stringify([h.settled, h.problems])).not.toContain('s3cret');
    expect(h.problems[0]?.message).toContain('***');
  });

  test('[SY-1] that hangs is given up after its timeout and told so, and a late answer is inert', async () => {
    let answer = (_: ReturnType<typeof items>) => {};
    const h = createInbox({
      fetch: () =>
        new Promise<ReturnType<typeof items>>((resolve) => {
          answer = resolve;
        }),
    });
    h.inbox.hold();
    h.catchUp();
    await h.pass(999);
    expect(h.settled).toEqual([]);
    await h.pass(1);
    expect(h.settled).toMatchObject([{ failure: { code: 'sync-failed' }, mayRetry: true }]);
    expect(h.asked[0]?.signal.aborted).toBe(true);
    answer(items('a1'));
    await h.settle();
    h.inbox.release();
    expect(h.settled).toHaveLength(1);
    expect(h.story).toEqual(['gap:failed']);
  });

  test('[SY-1] that is stopped says nothing more: aborted, let go of, unsubscribed', async () => {
    const left: string[] = [];
    const hanging = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => {
          left.push('iterator');
          throw new Error('ignored');
        },
      }),
    };
    const watched = new Observable<never>(() => () => left.push('Observable'));
    for (const source of [hanging, watched]) {
      const h = createInbox({ fetch: () => source });
      h.inbox.hold();
      const stop = h.catchUp();
      stop();
      stop();
      await h.pass(10_000);
      expect(h.settled).toEqual([]);
      expect(h.asked[0]?.signal.aborted).toBe(true);
      expect(timersOn(h.clock)).toBe(0);
    }
    expect(left).toEqual(['iterator', 'Observable']);
  });

  test('[SY-1, ID-1] that signs the user out in the middle of it leaves nothing behind', async () => {
    const left: string[] = [];
    const watched = new Observable<never>(() => () => left.push('Observable'));
    for (const given of [watched, Promise.resolve(watched), items('a2')]) {
      const h = createInbox({
        fetch: () => {
          h.inbox.forget();
          return given as never;
        },
      });
      h.inbox.hold();
      h.catchUp();
      await h.pass(10_000);
      expect(h.settled).toEqual([]);
      expect(h.asked[0]?.signal.aborted).toBe(true);
      expect(timersOn(h.clock)).toBe(0);
    }
    expect(left).toEqual(['Observable']);
  });

  test.each([
    ['an array', () => items(...many(10_050))],
    [
      'an endless generator',
      function* () {
        for (let n = 1; ; n += 1) yield* items(`a${n}`);
      },
    ],
    [
      'an endless async generator',
      async function* () {
        for (let n = 1; ; n += 1) yield* items(`a${n}`);
      },
    ],
    ['an Observable that never ends', () => concat(from(items(...many(10_001))), NEVER)],
    [
      'an Observable that fails when it is aborted',
      (_: unknown, signal: AbortSignal) =>
        new Observable((subscriber) => {
          signal.addEventListener('abort', () => subscriber.error(new Error('aborted')));
          for (const item of items(...many(10_001))) subscriber.next(item);
        }),
    ],
  ])('[SY-1] is read up to 10,000 messages, and the rest told: %s', async (_, fetch) => {
    const h = createInbox({
      fetch: (request) => (fetch as (...args: unknown[]) => never)(request, request.signal),
    });
    h.inbox.hold();
    h.catchUp();
    for (let turn = 0; turn < 3_000 && h.settled.length === 0; turn += 1) await h.settle();
    expect(h.settled).toEqual([done]);
    expect(h.asked[0]?.signal.aborted).toBe(true);
    h.say('b1');
    h.inbox.release();
    expect(h.messages).toHaveLength(10_001);
    expect(h.gaps).toMatchObject([{ reason: 'overflow', reload: false }]);
    expect(h.codes()).toEqual(['sync-incomplete']);
    expect(h.story.at(-1)).toBe('b1');
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[SY-1, LC-13] that gives junk among messages: left out and told, the rest delivered', async () => {
    const odd = {
      get event() {
        throw new Error('boom');
      },
    };
    const h = createInbox({
      fetch: () => of(...items('a2'), null, 7, 'x', {}, { event: 7 }, odd, ...items('a3')) as never,
    });
    h.say('a1');
    await h.reconnect();
    expect(h.story).toEqual(['a1', 'gap:junk', 'a2*', 'a3*']);
    expect(h.codes()).toEqual(['sync-invalid']);
    expect(h.problems[0]?.message).toContain('6');
  });
});

describe('a sync that came to nothing', () => {
  test('[SY-1] is told once, with a problem; then what waited comes', async () => {
    const h = createInbox({
      fetch: () => {
        throw new Error('boom');
      },
    });
    h.say('a1');
    h.inbox.hold();
    for (let n = 0; n < 3; n += 1) h.catchUp()();
    h.say('a4', 'b1');
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'gap:failed', 'gap:sequence', 'a4', 'b1']);
    expect(h.codes()).toEqual(['sync-failed']);
    h.inbox.release();
    expect(h.gaps).toHaveLength(2);
  });

  test('[SY-1] stays owed: the next one asks from before the hole, and fills it', async () => {
    let works = false;
    const h = createInbox({
      fetch: () => {
        if (!works) throw new Error('boom');
        return items('a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'b3');
      },
    });
    h.say('a1');
    h.clock.increment(10);
    h.inbox.hold();
    h.say('a4', 'b2');
    await h.reconnect();
    h.clock.increment(10);
    works = true;
    await h.reconnect();
    expect(h.asked).toMatchObject([
      { since: 0, cursors: { a: 1 } },
      { since: 0, cursors: { a: 1 } },
    ]);
    expect(h.asked[1]?.cursors).toEqual({ a: 1 });
    expect(h.story).toEqual([
      'a1',
      'gap:failed',
      'gap:sequence',
      'a4',
      'b2',
      'a2*',
      'a3*',
      'a5*',
      'b1*',
      'b3*',
    ]);
    h.clock.increment(10);
    await h.reconnect();
    expect(h.asked[2]).toMatchObject({ since: 20, cursors: { a: 5, b: 3 } });
  });
});

describe('a cursor that the server no longer knows', () => {
  test.each([
    [
      'thrown',
      () => {
        throw new CursorUnknown();
      },
    ],
    [
      'rejected',
      async () => {
        throw new CursorUnknown();
      },
    ],
    [
      'thrown half-way',
      async function* () {
        yield* items('a2');
        throw new CursorUnknown();
      },
    ],
    [
      'thrown by another copy of the library',
      () => {
        throw Object.assign(new Error(), { code: 'cursor-unknown', [Symbol.for('holdfast.error')]: true });
      },
    ],
  ])('[SY-3] asks the app for a full reload, once: %s', async (_, fetch) => {
    const h = createInbox({ fetch: fetch as never });
    h.say('a1', 'b5');
    h.inbox.hold();
    h.catchUp();
    h.say('a7');
    await h.settle();
    expect(h.settled).toEqual([done]);
    h.inbox.release();
    h.say('a8', 'b9');
    expect(h.story).toEqual(['a1', 'b5', 'gap:cursor-unknown', 'a7', 'a8', 'b9']);
    expect(h.gaps).toMatchObject([{ reason: 'cursor-unknown', reload: true, since: 0 }]);
    expect(h.codes()).toEqual(['cursor-unknown']);
  });

  test('[SY-3] is not asked from again', async () => {
    let knows = false;
    const h = createInbox({
      fetch: () => {
        if (!knows) throw new CursorUnknown();
        return [];
      },
    });
    h.say('a1');
    await h.reconnect();
    knows = true;
    await h.reconnect();
    expect(h.asked[1]).toMatchObject({ since: null, cursors: {} });
    expect(h.gaps).toHaveLength(1);
  });
});

const many = (count: number) => Array.from({ length: count }, (_, n) => `a${n + 1}`);
