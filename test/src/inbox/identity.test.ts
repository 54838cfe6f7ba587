import { describe, expect, test } from 'vitest';
import { placeAt } from '../../../src/dialect/log-words.ts';
import { createInbox, note } from '../../support/inbox.ts';

describe('ids', () => {
  test('[MS-1, MS-3] are shown on the message, and each is delivered once', () => {
    const h = createInbox();
    h.say('a1', 'a2', 'a2', 'a1', 'a3');
    expect(h.story).toEqual(['a1', 'a2', 'a3']);
    expect(h.messages.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3']);
    expect(h.inbox.duplicatesDropped).toBe(2);
  });

  test('[MS-3] of messages that nobody listens to by name disturb nobody', () => {
    const h = createInbox();
    const seen: unknown[] = [];
    h.inbox.on('other').subscribe((payload) => seen.push(payload));
    h.say('a1', 'a2');
    expect(seen).toEqual([]);
    expect(h.story).toEqual(['a1', 'a2']);
    expect(h.problems).toEqual([]);
  });

  test('[MS-3] without sequences are enough to drop duplicates', () => {
    const h = createInbox();
    for (const id of ['x', 'y', 'x']) h.inbox.deliver('note', [{ id }], false);
    expect(h.story).toEqual(['x', 'y']);
  });

  test('[MS-3, SV-8] are not pushed out by messages that a log numbers: those are known by their places', () => {
    const h = createInbox({
      identify: ({ payload }) => {
        const { id } = payload as { id?: string };
        return id === undefined ? undefined : { id };
      },
    });
    const logged = (sequence: number) =>
      h.inbox.deliver(
        'note',
        [{ sequence }],
        false,
        placeAt('lobby', `g:${sequence}`, { generation: 'g', sequence }),
      );
    h.inbox.sequencer?.begin('lobby', { generation: 'g', sequence: 0 });
    h.inbox.deliver('note', [{ id: 'x' }], false);
    for (let sequence = 1; sequence <= 10_000; sequence += 1) logged(sequence);
    h.inbox.deliver('note', [{ id: 'x' }], false);
    expect(h.messages).toHaveLength(10_001);
    for (const sequence of [1, 9_999, 10_000]) logged(sequence);
    expect(h.messages).toHaveLength(10_001);
    expect(h.inbox.duplicatesDropped).toBe(4);
    expect(h.gaps).toEqual([]);
  });

  test('[MS-3] are remembered for the last 10,000', () => {
    const h = createInbox({ identify: ({ payload }) => ({ id: String(payload) }) });
    for (let n = 0; n < 10_000; n += 1) h.inbox.deliver('note', [n], false);
    h.inbox.deliver('note', [0], false);
    expect(h.messages).toHaveLength(10_000);
    h.inbox.deliver('note', [10_000], false);
    h.inbox.deliver('note', [1], false);
    expect(h.messages).toHaveLength(10_001);
    h.inbox.deliver('note', [0], false);
    expect(h.messages).toHaveLength(10_002);
    expect(h.inbox.duplicatesDropped).toBe(2);
  });

  test('[MS-3] reach `on` as well as `messages$`', () => {
    const h = createInbox();
    const seen: unknown[] = [];
    h.inbox.on('note').subscribe((payload) => seen.push(payload));
    h.say('a1', 'a1', 'a2');
    expect(seen).toEqual([note('a1'), note('a2')]);
  });

  test.each([undefined, null])('[MS-3] that are %s are those of messages outside', (nothing) => {
    const h = createInbox({ identify: () => nothing as undefined });
    h.say('a1', 'a1');
    expect(h.messages.map((message) => 'id' in message)).toEqual([false, false]);
    expect(h.problems).toEqual([]);
  });

  test.each(['', 'x'.repeat(1_025), 7, {}, null])(
    '[MS-3, LC-13] that cannot be used are told, and the message is delivered as it is: %o',
    (id) => {
      const h = createInbox({ identify: () => ({ id, sequence: 1 }) as never });
      h.say('a1', 'a1');
      expect(h.messages.map((message) => 'id' in message)).toEqual([false, false]);
      expect(h.codes()).toEqual(['identify-invalid']);
    },
  );

  test('[MS-3] may be 1,024 characters long, and be named like anything', () => {
    const h = createInbox();
    for (const id of ['x'.repeat(1_024), '__proto__', 'constructor'])
      for (let copy = 0; copy < 2; copy += 1)
        h.inbox.deliver('note', [{ id, stream: id, sequence: 1 }], false);
    expect(h.messages).toHaveLength(3);
    expect(h.problems).toEqual([]);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('boom');
      },
      'callback-threw',
    ],
    ['gives a string', () => 'a1', 'identify-invalid'],
    ['gives a promise', async () => ({ id: 'a1' }), 'identify-invalid'],
    [
      'gives what throws when read',
      () => ({
        get id() {
          throw new Error('boom');
        },
      }),
      'identify-invalid',
    ],
  ])('[LC-13] `identify` that %s is told once a link, and every message delivered', (_, identify, code) => {
    const h = createInbox({ identify: identify as never });
    h.say('a1', 'a1', 'a1');
    expect(h.messages).toHaveLength(3);
    expect(h.codes()).toEqual([code]);
    h.inbox.release();
    h.say('a2');
    expect(h.codes()).toEqual([code, code]);
  });
});

describe('versions', () => {
  test('[SY-2] that are newer are delivered as updates; the same and older ones are dropped', () => {
    const h = createInbox();
    h.say('a1', 'a2', 'a1v2', 'a1v1', 'a1v2', 'a1v3', 'a3');
    expect(h.story).toEqual(['a1', 'a2', 'a1v2', 'a1v3', 'a3']);
    expect(h.inbox.duplicatesDropped).toBe(2);
    expect(h.gaps).toEqual([]);
  });

  test('[SY-2] of a log that numbers its edits take a place of their own', () => {
    const h = createInbox();
    const say = (id: string, sequence: number, version: number) =>
      h.inbox.deliver('note', [{ id, sequence, version }], false);
    say('x', 5, 0);
    say('x', 6, 1);
    say('y', 7, 0);
    // The same twice in the log: dropped, and no hole for it.
    say('y', 8, 0);
    say('z', 9, 0);
    expect(h.story).toEqual(['x', 'xv1', 'y', 'z']);
    expect(h.gaps).toEqual([]);
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53, '2'])('[MS-3] out of range are left out: %s', (version) => {
    const h = createInbox();
    h.say('a1');
    h.inbox.deliver('note', [{ ...note('a2'), version }], false);
    h.say('a3');
    expect(h.messages.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3']);
    expect(h.gaps).toEqual([]);
    expect(h.codes()).toEqual(['identify-invalid']);
  });
});
