import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../../src/index.ts';
import { createHarness, type Harness } from '../../support/harness.ts';
import { activePlaces, standAt } from '../../support/places.ts';

/** What became of a promise so far. */
function watch(promise: Promise<void>) {
  const seen: unknown[] = [];
  promise.then(
    () => seen.push('live'),
    (thrown) => seen.push(thrown),
  );
  return { seen, code: () => seen.map((each) => (isHoldfastError(each) ? each.code : each)) };
}

async function bringUp(h: Harness): Promise<void> {
  for (let n = 0; n < 3 && h.connection.getStatus().state !== 'connected'; n += 1) {
    h.connection.retry();
    await h.grant();
    h.dial.open();
  }
}

describe('ready', () => {
  test('[LC-5] resolves at once when live', async () => {
    const h = await standAt('connected.live');
    await expect(h.connection.ready()).resolves.toBeUndefined();
  });

  test.each(activePlaces)('[LC-5] waits in %s until live', async (place) => {
    const h = await standAt(place);
    const ready = watch(h.connection.ready());
    if (place !== 'connected.live') {
      await h.settle();
      expect(ready.seen).toEqual([]);
    }
    await bringUp(h);
    await h.settle();
    expect(ready.seen).toEqual(['live']);
  });

  test('[LC-6] waits over failed attempts', async () => {
    const h = createHarness();
    h.connection.connect();
    const ready = watch(h.connection.ready());
    for (let n = 0; n < 5; n += 1) {
      await h.grant();
      h.dial.fail();
      await h.pass(20_000);
    }
    expect(ready.seen).toEqual([]);
    await bringUp(h);
    await h.settle();
    expect(ready.seen).toEqual(['live']);
  });

  test.each([
    ['idle', 'idle'],
    ['auth-failed', 'auth-failed'],
    ['exhausted', 'exhausted'],
  ] as const)(
    '[ST-1] rejects at once in %s, with that code and the cause of the status',
    async (place, code) => {
      const h = await standAt(place);
      const status = h.connection.getStatus();
      const error = await h.connection.ready().catch((thrown) => thrown);
      expect(error).toMatchObject({ code });
      expect(isHoldfastError(error)).toBe(true);
      expect(error.cause).toBe('cause' in status ? status.cause : undefined);
    },
  );

  test.each<[string, (h: Harness) => unknown, string]>([
    ['disconnect', (h) => h.connection.disconnect(), 'idle'],
    ['sign-out', (h) => h.connection.signOut(), 'idle'],
    ['dispose', (h) => h.connection.dispose(), 'idle'],
    ['a refused credential', (h) => h.provider.call.resolve(null), 'auth-failed'],
    ['another identity', (h) => h.connection.connect('bob'), 'identity-changed'],
  ])('[LC-10, ID-1] rejects after %s', async (_, act, code) => {
    const h = await standAt('authenticating.credential');
    const ready = watch(h.connection.ready());
    await h.settle();
    act(h);
    await h.settle();
    expect(ready.code()).toEqual([code]);
  });

  test('[LC-8] rejects when trying is given up', async () => {
    const h = await standAt('reconnecting.handshake');
    const ready = watch(h.connection.ready());
    await h.settle();
    h.dial.fail();
    await h.settle();
    expect(ready.seen).toEqual([
      expect.objectContaining({ code: 'exhausted', cause: expect.objectContaining({ code: 'network' }) }),
    ]);
  });

  test('[LC-12] right after connect inside a subscriber waits for that connection', async () => {
    const h = createHarness();
    await h.goLive();
    let ready: ReturnType<typeof watch> | undefined;
    h.connection.status$.subscribe(({ state }) => {
      if (state !== 'idle') return;
      h.connection.connect('bob');
      ready = watch(h.connection.ready());
    });
    h.connection.disconnect();
    await h.grant();
    h.dial.open();
    await h.settle();
    expect(ready?.seen).toEqual(['live']);
  });

  test('[LC-10] rejects when the caller aborts, and lets go of the signal', async () => {
    const h = await standAt('authenticating.credential');
    const abort = new AbortController();
    const ready = watch(h.connection.ready({ signal: abort.signal }));
    await h.settle();
    abort.abort('enough');
    await h.settle();
    expect(ready.seen).toEqual([expect.objectContaining({ code: 'aborted', cause: 'enough' })]);
    const late = watch(h.connection.ready({ signal: abort.signal }));
    await h.settle();
    expect(late.code()).toEqual(['aborted']);
    await bringUp(h);
    await h.settle();
    expect(ready.seen).toHaveLength(1);
  });

  test('[LC-10] takes its listener off the signal once it is settled', async () => {
    const h = await standAt('connected.live');
    const { signal } = new AbortController();
    const ready = h.connection.ready({ signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await ready;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
