import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Inbound, Inbox } from '../../../src/inbox.ts';
import { createInbox, items, type Note, note } from '../../support/inbox.ts';
import { uncaughtDuring } from '../../support/uncaught.ts';

describe('while restoring', () => {
  test('[MS-4] live messages wait; then the missed ones come first, marked, without duplicates', async () => {
    const h = createInbox({ fetch: async () => items('a2', 'a3', 'a4') });
    h.say('a1');
    h.inbox.hold();
    h.say('a4');
    h.catchUp();
    await h.settle();
    h.say('a5', 'a3');
    expect(h.story).toEqual(['a1']);
    h.inbox.release();
    h.say('a6');
    expect(h.story).toEqual(['a1', 'a2*', 'a3*', 'a4*', 'a5', 'a6']);
    expect(h.inbox.duplicatesDropped).toBe(2);
  });

  test('[MS-4] they wait without `identify` as well', async () => {
    const h = createInbox({ identify: null, fetch: async () => items('a2') });
    h.say('a1');
    h.inbox.hold();
    h.say('a3');
    h.catchUp();
    await h.settle();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3']);
    expect(h.messages.every((message) => !('id' in message))).toBe(true);
  });

  test('[MS-4] they wait over a lost link, in order', async () => {
    const h = createInbox({ fetch: () => items('a2', 'a3', 'a4', 'a5') });
    h.say('a1');
    h.inbox.hold();
    const stop = h.catchUp();
    h.say('a4');
    stop();
    h.inbox.hold();
    h.say('a6');
    h.catchUp();
    h.inbox.release();
    expect(h.asked[1]).toMatchObject({ cursors: { a: 1 } });
    expect(h.story).toEqual(['a1', 'a2*', 'a3*', 'a4*', 'a5*', 'a6']);
  });

  test('[MS-4] what a round brought is dropped when the link is lost before it was live, and asked for again', () => {
    const h = createInbox({ identify: null, fetch: () => items('a2') });
    h.say('a1');
    h.inbox.hold();
    h.catchUp()();
    h.inbox.hold();
    h.catchUp()();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*']);
  });

  test('[MS-4, LK-7] what the server replays waits too', async () => {
    const h = createInbox({ fetch: () => items('a2', 'a3') });
    h.say('a1');
    h.inbox.hold();
    h.replay('a3', 'a4');
    h.catchUp();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3*', 'a4*']);
  });

  test('[MS-4] at most 10,000 wait: beyond, a gap is told, all of it comes in order, and the sync is given up', async () => {
    const h = createInbox({ fetch: () => new Promise<never>(() => {}) });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    for (let n = 0; n < 10_000; n += 1) h.say(`b${n}`);
    expect(h.story).toEqual(['a1']);
    h.say('b10000');
    h.say('b10001');
    expect(h.story.slice(0, 3)).toEqual(['a1', 'gap:overflow', 'b0']);
    expect(h.messages.map(({ id }) => id).slice(1)).toEqual(
      Array.from({ length: 10_002 }, (_, n) => `b${n}`),
    );
    expect(h.asked[0]?.signal.aborted).toBe(true);
    expect(h.settled).toMatchObject([
      { type: 'restoring.failed', failure: { code: 'sync-incomplete' }, mayRetry: false },
    ]);
    h.inbox.release();
    expect(h.gaps).toHaveLength(1);
    expect(h.codes()).toEqual(['sync-incomplete']);
    await h.pass(10_000);
    expect(h.settled).toHaveLength(1);
    // Still owed: asked for from before the hole.
    h.inbox.hold();
    h.say('b10002');
    h.catchUp();
    expect(h.asked[1]).toMatchObject({ since: 0, cursors: { a: 1 } });
    expect(h.messages).toHaveLength(10_003);
  });

  test('[MS-4] too many before anybody was asked: they wait again when sync is asked', async () => {
    const h = createInbox({ fetch: async () => items('a2') });
    h.say('a1');
    h.inbox.hold();
    for (let n = 0; n <= 10_000; n += 1) h.say(`b${n}`);
    h.catchUp();
    h.say('a3');
    await h.settle();
    h.inbox.release();
    expect(h.story.slice(-2)).toEqual(['a2*', 'a3']);
    expect(h.gaps.map(({ reason }) => reason)).toEqual(['overflow']);
  });
});

describe('two with the same id in one round', () => {
  const edited = (...texts: string[]) => items(...texts);

  test('[SY-2] make one, the newer version, at the place of the first', async () => {
    const h = createInbox({ fetch: async () => edited('a2', 'a3v5', 'a2v1', 'a4') });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    h.say('a3v4', 'a4v2', 'a5');
    await h.settle();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2v1*', 'a3v5*', 'a4v2*', 'a5']);
    expect(h.inbox.duplicatesDropped).toBe(3);
    expect(h.gaps).toEqual([]);
  });

  test('[SY-2] are merged as the app says', async () => {
    const merge = (first: Inbound, second: Inbound) => ({
      ...second,
      payload: { ...(first.payload as Note), ...(second.payload as Note), merged: true },
    });
    const h = createInbox({ fetch: async () => edited('a2', 'a3'), merge });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    h.say('a2v1');
    await h.settle();
    h.inbox.release();
    const payload = { ...note('a2v1'), merged: true };
    expect(h.messages[1]).toMatchObject({ id: 'a2', payload, args: [payload], replayed: true });
    expect(h.story).toEqual(['a1', 'a2v1*', 'a3*']);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
    ],
    ['gives nothing', () => undefined],
    ['gives junk', () => ({ event: 7 })],
  ])('[SY-2, LC-13] are the newer version where `merge` %s, and that is told once', async (_, merge) => {
    const h = createInbox({ fetch: async () => edited('a2', 'a3'), merge: merge as never });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    h.say('a2v1', 'a3');
    await h.settle();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2v1*', 'a3*']);
    expect(h.codes()).toEqual(['merge-invalid']);
  });

  test('[SY-2, MS-3] that were known before are dropped, unless newer', async () => {
    const h = createInbox({ fetch: () => items('a1', 'a1', 'a2v1', 'a3') });
    h.say('a1', 'a2');
    await h.reconnect();
    expect(h.story).toEqual(['a1', 'a2', 'a2v1*', 'a3*']);
  });

  test('[MS-3] are one also where the round is larger than the window', async () => {
    const h = createInbox({
      identify: ({ payload }) => ({ id: String((payload as { id: string }).id) }),
      fetch: async () =>
        Array.from({ length: 10_000 }, (_, n) => ({ event: 'note', payload: { id: `x${n}` } })),
    });
    h.inbox.hold();
    h.catchUp();
    for (let n = 0; n < 9_999; n += 1) h.inbox.deliver('note', [{ id: `y${n}` }], false);
    h.inbox.deliver('note', [{ id: 'x0' }], false);
    await h.settle();
    h.inbox.release();
    expect(h.messages).toHaveLength(19_999);
  });
});

describe('another identity', () => {
  test('[ID-1] has nothing of the one before: not what waited, not its ids, not its cursors', async () => {
    const h = createInbox({ fetch: async () => items('a2') });
    h.say('a1');
    h.inbox.hold();
    h.say('a9');
    h.catchUp();
    h.inbox.forget();
    await h.settle();
    expect(h.settled).toEqual([]);
    expect(h.asked[0]?.signal.aborted).toBe(true);
    h.say('a1', 'a2');
    expect(h.story).toEqual(['a1', 'a1', 'a2']);
    h.inbox.hold();
    h.catchUp('bob');
    expect(h.asked[1]).toMatchObject({ identity: 'bob', cursors: { a: 2 } });
  });

  test('[ID-1] that comes while messages go out ends it at once', async () => {
    const h = createInbox({ fetch: () => items('a2', 'a3') });
    h.inbox.on('note').subscribe((payload) => {
      if ((payload as Note).id === 'a2') h.inbox.forget();
    });
    h.say('a1');
    h.inbox.hold();
    h.say('a4');
    h.catchUp();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*']);
    h.say('b1');
    expect(h.story.at(-1)).toBe('b1');
  });

  test('[ID-1] that comes when a gap is told ends it at once', () => {
    const h = createInbox();
    h.inbox.gaps$.subscribe(() => h.inbox.forget());
    h.say('a1', 'a3');
    expect(h.story).toEqual(['a1', 'gap:sequence']);
  });

  test('[ID-1] that comes inside `identify` ends it at once', () => {
    let forget = () => {};
    const h = createInbox({
      identify: ({ payload }) => {
        if ((payload as Note).id === 'a2') forget();
        return payload as Note;
      },
    });
    forget = () => h.inbox.forget();
    h.say('a1', 'a2', 'b1');
    expect(h.story).toEqual(['a1', 'b1']);
  });
});

describe('subscribers', () => {
  test('[MS-5] that throw disturb neither order nor others', async () => {
    const h = createInbox({ fetch: () => items('a2') });
    const seen: unknown[] = [];
    const thrown = await uncaughtDuring(() => {
      const boom = () => {
        throw new Error('a subscriber');
      };
      h.inbox.messages$.subscribe(boom);
      h.inbox.on('note').subscribe(boom);
      h.inbox.gaps$.subscribe(boom);
      h.inbox.on('note').subscribe((payload) => seen.push((payload as Note).id));
      h.say('a1');
      h.inbox.hold();
      h.say('a3', 'a6');
      h.catchUp();
      h.inbox.release();
    });
    expect(seen).toEqual(['a1', 'a2', 'a3', 'a6']);
    expect(h.story).toEqual(['a1', 'a2*', 'a3', 'gap:sequence', 'a6']);
    expect(thrown.length).toBeGreaterThan(4);
  });

  test('[MS-5, LC-12] that make another message come see both in one order, each', () => {
    const h = createInbox();
    const first: unknown[] = [];
    const second: unknown[] = [];
    h.inbox.on('note').subscribe((payload) => {
      first.push((payload as Note).id);
      if ((payload as Note).id === 'a1') h.say('a2', 'a3');
    });
    h.inbox.on('note').subscribe((payload) => second.push((payload as Note).id));
    h.say('a1');
    expect({ first, second }).toEqual({ first: ['a1', 'a2', 'a3'], second: ['a1', 'a2', 'a3'] });
  });

  test('[MS-5, MS-4] that cause another hold while messages go out leave the rest waiting, in order', () => {
    const h = createInbox({ fetch: () => items('a2', 'a3', 'a4') });
    const once = h.inbox.on('note').subscribe((payload) => {
      if ((payload as Note).id === 'a2') {
        once.unsubscribe();
        h.inbox.hold();
      }
    });
    h.say('a1');
    h.inbox.hold();
    h.say('a5');
    h.catchUp();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*']);
    h.say('a6');
    h.catchUp();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3*', 'a4*', 'a5', 'a6']);
    expect(h.gaps).toEqual([]);
  });

  test('[MS-5, LC-10] of gaps complete at the end, those that come later as well, and a sync is let go of', () => {
    const h = createInbox({ fetch: () => new Promise<never>(() => {}) });
    const ends: string[] = [];
    h.inbox.gaps$.subscribe({ complete: () => ends.push('early') });
    h.inbox.hold();
    h.catchUp();
    h.inbox.complete();
    h.inbox.gaps$.subscribe({ complete: () => ends.push('late') });
    expect(ends).toEqual(['early', 'late']);
    expect(h.asked[0]?.signal.aborted).toBe(true);
  });
});

describe('without identify and sync', () => {
  test('[MS-1, MS-4] nothing waits, nothing is dropped, and every step is done', () => {
    const inbox = new Inbox(new SimulatedClock());
    const seen: unknown[] = [];
    const settled: unknown[] = [];
    inbox.on('note').subscribe((payload) => seen.push(payload));
    inbox.gaps$.subscribe();
    inbox.hold();
    inbox.deliver('note', [1], false);
    inbox.deliver('note', [1], false);
    inbox.catchUp({ identity: 'alice', rooms: [], epoch: 3 }, (event) => settled.push(event))();
    inbox.release();
    inbox.forget();
    expect(seen).toEqual([1, 1]);
    expect(settled).toEqual([{ type: 'restoring.done', epoch: 3 }]);
    expect({ gaps: inbox.gaps, dropped: inbox.duplicatesDropped }).toEqual({ gaps: 0, dropped: 0 });
  });

  test('[MS-4] with `identify` alone every step is done as well', () => {
    const h = createInbox();
    h.catchUp();
    expect(h.settled).toEqual([{ type: 'restoring.done', epoch: 7 }]);
  });
});
