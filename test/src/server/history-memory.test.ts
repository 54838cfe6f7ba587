import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type HistoryStore, memoryHistory, type Page } from '../../../src/server/index.ts';
import { readCursor } from '../../../src/wire.ts';

const day = 86_400_000;
const ample = { messages: 1_000, bytes: 1_000_000 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function say(store: HistoryStore, room: string, payload = '1', id?: string): string {
  return repeat(store, room, payload, id).cursor;
}

function repeat(store: HistoryStore, room: string, payload = '1', id?: string) {
  const message = { event: 'said', payload, ...(id !== undefined && { id }) };
  return store.append(room, message) as { cursor: string; isRepeat: boolean };
}

function read(store: HistoryStore, room: string, after: string | null = null): Page {
  return (store.read([{ room, after }], ample) as readonly Page[])[0] as Page;
}

const payloads = (page: Page) => page.messages.map(({ payload }) => payload);
const generation = (cursor: string) => readCursor(cursor)?.generation;

describe('time', () => {
  test('[SV-8] a message is handed out for as long as it is kept, and not a moment longer', () => {
    const store = memoryHistory();
    const start = read(store, 'a').cursor;
    const first = say(store, 'a', 'old');
    vi.advanceTimersByTime(day / 2);
    say(store, 'a', 'new');
    vi.advanceTimersByTime(day / 2 - 1);
    expect(payloads(read(store, 'a', start))).toEqual(['old', 'new']);
    vi.advanceTimersByTime(1);
    expect(read(store, 'a', start).reset).toBe(true);
    expect(payloads(read(store, 'a', first))).toEqual(['new']);
  });

  test('[SV-8] whoever was there when a quiet room was last heard of has missed nothing, days later', () => {
    const store = memoryHistory();
    const last = say(store, 'a');
    for (let days = 0; days < 10; days += 1) {
      // Somebody comes back each day.
      vi.advanceTimersByTime(day);
      expect(read(store, 'a', last)).toEqual({ cursor: last, messages: [] });
    }
    const next = say(store, 'a', 'after all');
    expect(payloads(read(store, 'a', last))).toEqual(['after all']);
    expect(generation(next)).toBe(generation(last));
    expect(store.size?.()).toMatchObject({ rooms: 1, messages: 1 });
  });

  test('[SV-8] and so has whoever never left it', () => {
    const store = memoryHistory();
    let isOccupied = true;
    store.attend?.((room) => isOccupied && room === 'a');
    const last = say(store, 'a');
    say(store, 'b');
    for (let hours = 0; hours < 240; hours += 1) {
      vi.advanceTimersByTime(day / 24);
      say(store, 'lively');
    }
    // A link is cut, and back within a day.
    isOccupied = false;
    for (let hours = 0; hours < 23; hours += 1) {
      vi.advanceTimersByTime(day / 24);
      say(store, 'lively');
    }
    expect(read(store, 'a', last)).toEqual({ cursor: last, messages: [] });
    expect(read(store, 'b', last.replace(/\d+$/, '1')).reset).toBe(true);
  });

  test('[SV-8] a room that nobody wrote to or asked for is let go of; what begins then is another log', () => {
    const store = memoryHistory();
    const start = read(store, 'a').cursor;
    const last = say(store, 'a');
    vi.advanceTimersByTime(day);
    say(store, 'other');
    vi.advanceTimersByTime(3 * day);
    say(store, 'other');
    for (const cursor of [start, last]) expect(read(store, 'a', cursor).reset).toBe(true);
    const again = say(store, 'a');
    expect(readCursor(again)?.sequence).toBe(1);
    expect(generation(again)).not.toBe(generation(last));
    for (const cursor of [start, last]) expect(read(store, 'a', cursor).reset).toBe(true);
  });

  test.each([0, 0.3, 0.9, 1, 1.5])(
    '[SV-8] a cursor of a room that was never written to is good for a day at least, got %d days after the start',
    (begun) => {
      const store = memoryHistory();
      vi.advanceTimersByTime(begun * day);
      const start = read(store, 'a').cursor;
      vi.advanceTimersByTime(day);
      expect(read(store, 'a', start).reset).toBeUndefined();
      say(store, 'a', 'first');
      expect(payloads(read(store, 'a', start))).toEqual(['first']);
    },
  );

  test('[SV-8] never does a cursor pass over what was written and forgotten since: any order of events', () => {
    // Each step lets some time pass; the room is written to now and then; who was away is told, or told that it cannot be.
    let seed = 7;
    const random = () => {
      seed = (seed * 48_271) % (2 ** 31 - 1);
      return seed / 2 ** 31;
    };
    for (let round = 0; round < 300; round += 1) {
      const store = memoryHistory({ ttl: 100, messages: 3, bytes: 2_000 });
      const held: { cursor: string; at: number }[] = [];
      let written = 0;
      for (let step = 0; step < 30; step += 1) {
        vi.advanceTimersByTime(Math.floor(random() * random() * 300));
        const act = random();
        if (act < 0.3) {
          say(store, 'a', `${written}`);
          written += 1;
        } else if (act < 0.5) say(store, `other ${step}`, 'x'.repeat(600));
        else if (act < 0.7) held.push({ cursor: read(store, 'a').cursor, at: written });
        for (const { cursor, at } of held) {
          if (random() > 0.2) continue;
          const page = read(store, 'a', cursor);
          if (page.reset) continue;
          expect(payloads(page)).toEqual(Array.from({ length: written - at }, (_, n) => `${at + n}`));
        }
      }
    }
  });

  test('[SV-8] ids are forgotten with time', () => {
    const store = memoryHistory();
    say(store, 'a', '1', 'x');
    vi.advanceTimersByTime(day - 1);
    expect(repeat(store, 'a', '1', 'x').isRepeat).toBe(true);
    vi.advanceTimersByTime(1);
    expect(repeat(store, 'a', '1', 'x').isRepeat).toBe(false);
    expect(repeat(store, 'a', '1', 'x').isRepeat).toBe(true);
  });

  test('[SV-8] no timer is set, for whatever room', () => {
    const store = memoryHistory();
    for (let n = 0; n < 10; n += 1) say(store, `${n}`, '1', 'x');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('bounds', () => {
  test('[SV-8] past `bytes`, the room that was written to longest ago is forgotten first', () => {
    const store = memoryHistory({ bytes: 20_000 });
    const large = 'x'.repeat(4_000);
    const [a, b] = ['a', 'b'].map((room) => read(store, room).cursor) as [string, string];
    for (const room of ['a', 'b']) for (const n of [1, 2]) say(store, room, large + n);
    // Reading does not count.
    read(store, 'a');
    say(store, 'c', large);
    expect(read(store, 'a', a).reset).toBe(true);
    expect(payloads(read(store, 'b', b))).toEqual([`${large}1`, `${large}2`]);
    expect(store.size?.().bytes).toBeLessThanOrEqual(20_000);
  });

  test('[SV-8] a room that is forgotten goes on counting: no number is given twice', () => {
    const store = memoryHistory({ bytes: 10_000 });
    const start = read(store, 'a').cursor;
    const first = say(store, 'a', 'x'.repeat(4_000));
    say(store, 'b', 'x'.repeat(8_000));
    const second = say(store, 'a');
    expect(generation(second)).toBe(generation(first));
    expect(readCursor(second)?.sequence).toBe(2);
    expect(payloads(read(store, 'a', first))).toEqual(['1']);
    expect(read(store, 'a', start).reset).toBe(true);
  });

  test('[SV-8] of a room that has all of it, the oldest go; a message that is larger than all of it is not kept', () => {
    const store = memoryHistory({ bytes: 10_000 });
    const first = say(store, 'a', 'x'.repeat(4_000));
    say(store, 'a', 'y'.repeat(4_000));
    say(store, 'a', 'z'.repeat(4_000));
    expect(payloads(read(store, 'a', first)).map((text) => text[0])).toEqual(['y', 'z']);
    const last = say(store, 'a', 'x'.repeat(20_000));
    expect(read(store, 'a', first).reset).toBe(true);
    expect(read(store, 'a', last)).toEqual({ cursor: last, messages: [] });
    expect(store.size?.()).toMatchObject({ messages: 0, bytes: 0 });
  });

  test('[SV-8] ids count, too', () => {
    const store = memoryHistory({ messages: 1, bytes: 100_000 });
    for (let n = 0; n < 5_000; n += 1) say(store, 'a', '1', `an id of some length, ${n}`);
    expect(store.size?.().bytes).toBeLessThan(10_000);
    expect(repeat(store, 'a', '1', 'an id of some length, 4999').isRepeat).toBe(true);
    expect(repeat(store, 'a', '1', 'an id of some length, 4000').isRepeat).toBe(false);
  });

  test('[SV-8] what it says of its size comes to nothing when all of it has gone', () => {
    const store = memoryHistory();
    for (let n = 0; n < 3_000; n += 1) say(store, `${n % 7}`, 'ä'.repeat(n % 50), n % 3 ? `${n}` : undefined);
    expect(store.size?.()).toMatchObject({ rooms: 7, messages: 3_000, bytes: expect.any(Number) });
    vi.advanceTimersByTime(day);
    expect(store.size?.()).toEqual({ rooms: 0, messages: 0, bytes: 0 });
  });

  test('[SV-8] where more rooms fell silent than are remembered, cursors of rooms without a log are void', () => {
    const store = memoryHistory({ ttl: 1_000 });
    const never = read(store, 'never').cursor;
    const lively = read(store, 'lively').cursor;
    for (let n = 0; n <= 65_536; n += 1) say(store, `${n}`);
    say(store, 'lively', 'a');
    vi.advanceTimersByTime(999);
    say(store, 'lively', 'b');
    expect(payloads(read(store, 'lively', lively))).toEqual(['a', 'b']);
    expect(read(store, 'never', never).reset).toBeUndefined();
    vi.advanceTimersByTime(20);
    expect(read(store, 'never', never).reset).toBe(true);
    expect(read(store, 'lively', lively).reset).toBe(true);
    expect(payloads(read(store, 'lively', read(store, 'lively').cursor))).toEqual([]);
  });

  test.each([
    { messages: 0 },
    { ttl: 0 },
    { bytes: 1.5 },
    { bytes: '9' as unknown as number },
    { byte: 1 } as object,
  ])('[ER-1] %o is no option', (options) => {
    expect(() => memoryHistory(options)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/option/), hint: expect.any(String) }),
    );
  });
});
