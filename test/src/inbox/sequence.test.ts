import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { Inbox } from '../../../src/inbox.ts';
import { byPayload, createInbox, items, note } from '../../support/inbox.ts';

describe('a stream', () => {
  test('[MS-3] begins where its first message says, and each has its own count', () => {
    const h = createInbox();
    h.say('a7', 'b1', 'a8', 'b2', 'c0');
    expect(h.story).toEqual(['a7', 'b1', 'a8', 'b2', 'c0']);
    expect(h.gaps).toEqual([]);
  });

  test('[MS-3] drops what is older than its last', () => {
    const h = createInbox();
    h.say('a7', 'a5', 'a8');
    expect(h.story).toEqual(['a7', 'a8']);
    expect(h.inbox.duplicatesDropped).toBe(1);
  });

  test('[MS-3] with a hole that nobody wants to hear of goes on, and counts it', () => {
    const inbox = new Inbox(new SimulatedClock(), {
      identify: byPayload,
      sync: null,
      merge: null,
      problems: { report() {}, caught() {} },
      desk: { redact: (said) => said },
      onGap() {},
    });
    const seen: unknown[] = [];
    inbox.on('note').subscribe((payload) => seen.push(payload));
    for (const text of ['a1', 'a5', 'a6']) inbox.deliver('note', [note(text)], false);
    expect(seen).toEqual([note('a1'), note('a5'), note('a6')]);
    expect(inbox.gaps).toBe(1);
  });

  test('[MS-3] with a hole and nobody to ask tells of it, and goes on', () => {
    const h = createInbox();
    h.say('a1');
    h.clock.increment(50);
    h.say('a2');
    h.clock.increment(50);
    h.say('a5', 'a6');
    expect(h.story).toEqual(['a1', 'a2', 'gap:sequence', 'a5', 'a6']);
    expect(h.gaps).toEqual([
      { at: 100, reason: 'sequence', stream: 'a', since: 50, expected: 3, received: 5, reload: false },
    ]);
    expect(h.inbox.gaps).toBe(1);
    expect(h.gapsHeard()).toBe(0);
  });

  test('[MS-3] takes what was missing when it comes late, once', () => {
    const h = createInbox();
    h.say('a2', 'a6', 'a4', 'a4', 'a3', 'a5', 'a3', 'a7');
    expect(h.story).toEqual(['a2', 'gap:sequence', 'a6', 'a4', 'a3', 'a5', 'a7']);
  });

  test('[MS-3] without a name is `default`', () => {
    const h = createInbox();
    for (const sequence of [1, 3]) h.inbox.deliver('note', [{ id: `${sequence}`, sequence }], false);
    expect(h.gaps).toMatchObject([{ stream: 'default', expected: 2, received: 3 }]);
  });

  test.each([0, 1])('[MS-3] that begins again at %i is told, and counted from there', (first) => {
    const h = createInbox();
    h.say('a8', 'a9');
    const again = (sequence: number) =>
      h.inbox.deliver('note', [{ id: `new${sequence}`, stream: 'a', sequence }], false);
    again(first);
    again(first + 1);
    // A copy from before is not taken for one of the new count.
    h.say('a9');
    for (let sequence = first + 2; sequence < 12; sequence += 1) again(sequence);
    expect(h.gaps).toMatchObject([{ reason: 'restarted', stream: 'a', expected: 10, received: first }]);
    expect(h.story.filter((word) => word.startsWith('new'))).toHaveLength(12 - first);
    expect(h.inbox.duplicatesDropped).toBe(1);
  });

  test('[MS-3] does not begin again because its first message comes twice', () => {
    const h = createInbox();
    h.say('a1', 'a2', 'a1', 'a3');
    expect(h.gaps).toEqual([]);
  });

  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '3', null])(
    '[MS-3] stores no number out of range: %s',
    (sequence) => {
      const h = createInbox();
      h.say('a1');
      h.inbox.deliver('note', [{ id: 'odd', stream: 'a', sequence }], false);
      h.say('a2');
      expect(h.messages.map(({ id }) => id)).toEqual(['a1', 'odd', 'a2']);
      expect(h.gaps).toEqual([]);
      expect(h.codes()).toEqual(['identify-invalid']);
    },
  );

  test('[MS-3] does not follow a jump of more than a million', () => {
    const h = createInbox({ fetch: () => [] });
    h.say('a1', 'a1000002', 'a2');
    expect(h.story).toEqual(['a1', 'a1000002', 'a2']);
    expect(h.codes()).toEqual(['identify-invalid']);
    h.say('a1000001');
    expect(h.gapsHeard()).toBe(1);
  });

  test.each([7, '', 'x'.repeat(1_025), {}])('[MS-3] of a name that is none is left out: %o', (stream) => {
    const h = createInbox();
    for (const sequence of [1, 9]) h.inbox.deliver('note', [{ id: `${sequence}`, stream, sequence }], false);
    expect(h.messages).toHaveLength(2);
    expect(h.gaps).toEqual([]);
    expect(h.codes()).toEqual(['identify-invalid']);
  });

  test('[MS-3] is forgotten when 10,000 others moved since', () => {
    const h = createInbox({ fetch: () => [] });
    h.say('a1', 'b1');
    for (let n = 0; n < 9_999; n += 1)
      h.inbox.deliver('note', [{ ...note('c1'), id: `${n}`, stream: `${n}` }], false);
    h.say('b2');
    h.inbox.hold();
    h.catchUp();
    const { cursors = {} } = h.asked[0] ?? {};
    expect(Object.keys(cursors)).toHaveLength(10_000);
    expect(cursors).toMatchObject({ b: 2 });
    expect(cursors).not.toHaveProperty('a');
  });
});

describe('a gap with somebody to ask', () => {
  test('[MS-3, MS-4] is told to the machine once, and what comes waits until it is filled', async () => {
    const h = createInbox({ fetch: () => items('a2', 'a3') });
    h.say('a1', 'a4', 'a5', 'b1');
    expect(h.story).toEqual(['a1']);
    expect(h.gapsHeard()).toBe(1);
    await h.reconnect();
    expect(h.asked).toMatchObject([{ since: 0, cursors: { a: 1 } }]);
    expect(h.story).toEqual(['a1', 'a2*', 'a3*', 'a4', 'a5', 'b1']);
    expect(h.gaps).toEqual([]);
  });

  test('[MS-3] that sync does not fill is told, and not asked about again', async () => {
    const h = createInbox({ fetch: () => [] });
    h.say('a1', 'a4', 'a5');
    await h.reconnect();
    h.say('a6');
    expect(h.story).toEqual(['a1', 'gap:sequence', 'a4', 'a5', 'a6']);
    expect(h.gapsHeard()).toBe(1);
  });

  test('[MS-3] is filled by what comes late while it is asked about', async () => {
    const h = createInbox({ fetch: () => items('a2') });
    h.say('a1', 'a3');
    h.inbox.hold();
    h.catchUp();
    h.say('a2', 'a4');
    await h.settle();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3', 'a4']);
  });

  test('[MS-3] found before the link is live is told again when it is', async () => {
    const h = createInbox({ fetch: () => items('a2') });
    h.say('a1');
    h.replay('a3');
    expect(h.gapsHeard()).toBe(1);
    h.inbox.release();
    expect(h.gapsHeard()).toBe(2);
    expect(h.story).toEqual(['a1']);
    await h.reconnect();
    expect(h.story).toEqual(['a1', 'a2*', 'a3*']);
  });

  test('[MS-3] of a stream that always has gaps is asked about three times, until the next link', async () => {
    const h = createInbox({ fetch: () => [], onGap: () => h.reconnect() });
    for (let sequence = 1; sequence < 21; sequence += 2) {
      h.say(`a${sequence}`);
      await h.settle();
    }
    expect(h.messages).toHaveLength(10);
    expect(h.gaps).toHaveLength(9);
    expect(h.gapsHeard()).toBe(3);
    await h.reconnect();
    h.say('a30');
    expect(h.gapsHeard()).toBe(4);
  });

  test('[MS-3] that is answered within the same turn leaves nothing waiting', () => {
    const h = createInbox({
      fetch: () => items('a2'),
      onGap: () => {
        h.inbox.hold();
        h.catchUp();
        h.inbox.release();
      },
    });
    h.say('a1', 'a3', 'a4');
    expect(h.story).toEqual(['a1', 'a2*', 'a3', 'a4']);
  });

  test('[MS-3] that is newer than the question is asked about in its turn', async () => {
    const answers = [items('a2'), items('a4')];
    const h = createInbox({ fetch: async () => answers.shift() ?? [] });
    h.say('a1');
    h.inbox.hold();
    h.catchUp();
    h.say('a3', 'a5');
    await h.settle();
    h.inbox.release();
    expect(h.story).toEqual(['a1', 'a2*', 'a3']);
    expect(h.gapsHeard()).toBe(1);
    await h.reconnect();
    expect(h.asked[1]).toMatchObject({ cursors: { a: 3 } });
    expect(h.story).toEqual(['a1', 'a2*', 'a3', 'a4*', 'a5']);
    expect(h.gaps).toEqual([]);
  });

  test('[MS-3] is not seen in a duplicate', () => {
    const h = createInbox({ fetch: () => [] });
    h.say('a5');
    h.inbox.deliver('note', [{ id: 'new', stream: 'a', sequence: 0 }], false);
    h.say('a5');
    expect(h.gapsHeard()).toBe(0);
  });
});
