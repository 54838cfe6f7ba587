import { describe, expect, test } from 'vitest';
import type { HistoryStore, NewMessage, Page } from '../../src/server/index.ts';
import { cursorOf, readCursor } from '../../src/wire.ts';

/** Bounds that every store of the suite is made with. */
export const bounds = { messages: 20, ttl: 60_000 };

let rooms = 0;

/** What any store must do, seen from two nodes; a store of one process is given twice. */
export function historyConformance(one: HistoryStore, other: HistoryStore): void {
  const fresh = () => {
    rooms += 1;
    return `/,room ${rooms} \n"ä{}`;
  };
  const say = (room: string, payload = '1', more: Partial<NewMessage> = {}, store = one) =>
    store.append(room, { event: 'said', payload, ...more });
  const ample = { messages: 1_000, bytes: 1_000_000 };
  const readAll = async (asked: [string, string | null][], budget = ample, store = other) =>
    store.read(
      asked.map(([room, after]) => ({ room, after })),
      budget,
    );
  const read = async (room: string, after: string | null, budget = ample) =>
    (await readAll([[room, after]], budget))[0] as Page;
  const payloads = ({ messages }: Page) => messages.map(({ payload }) => payload);
  const sequenceIn = (cursor: string) => readCursor(cursor)?.sequence;

  describe('a log', () => {
    test('[SV-8] numbers its messages from 1, without holes, whichever node they come from', async () => {
      const room = fresh();
      const cursors: string[] = [];
      for (const store of [one, other, one]) cursors.push((await say(room, '1', {}, store)).cursor);
      expect(cursors.map(sequenceIn)).toEqual([1, 2, 3]);
      expect(new Set(cursors.map((cursor) => readCursor(cursor)?.generation)).size).toBe(1);
    });

    test('[SV-8] of appends at a time each has its own place', async () => {
      const room = fresh();
      const appended = await Promise.all(
        Array.from({ length: 20 }, (_, n) => say(room, `${n}`, {}, n % 2 ? one : other)),
      );
      const sequences = appended.map(({ cursor }) => sequenceIn(cursor) ?? 0);
      expect(sequences.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      const { messages } = await read(room, cursorOf(generationIn(appended[0]?.cursor), 0));
      expect(messages.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
      for (const { sequence, payload } of messages) expect(sequences[Number(payload)]).toBe(sequence);
    });

    test('[SV-8] gives back what it was given, to the letter', async () => {
      const room = fresh();
      const start = await read(room, null);
      const payload = JSON.stringify({ text: 'é\u0000\ud83d\ude00 r\nd"\\', n: 0.1 });
      const event = 'message:new "ä"\n';
      const exceptUsers = ['bob', 'o"r\nä'];
      await say(room, payload, { event, exceptUsers, exceptSockets: ['x'] });
      await say(room, '');
      const { messages } = await read(room, start.cursor);
      expect(messages).toMatchObject([
        { sequence: 1, event, payload, exceptUsers },
        { sequence: 2, event: 'said', payload: '' },
      ]);
      expect(messages[1]?.exceptUsers ?? []).toEqual([]);
    });

    test('[SV-8] is read from a cursor on; from the end, and from now on, there is nothing', async () => {
      const room = fresh();
      const first = await say(room, 'a');
      await say(room, 'b');
      const last = await say(room, 'c');
      expect(await read(room, first.cursor)).toMatchObject({ cursor: last.cursor });
      expect(payloads(await read(room, first.cursor))).toEqual(['b', 'c']);
      const end = { cursor: last.cursor, messages: [] };
      expect(await read(room, last.cursor)).toEqual(end);
      expect(await read(room, null)).toEqual(end);
    });

    test('[SV-8] that nobody has written to can be gone on from', async () => {
      const room = fresh();
      const start = await read(room, null);
      expect(sequenceIn(start.cursor)).toBe(0);
      expect(await read(room, start.cursor)).toEqual(start);
      await say(room, 'a');
      expect(payloads(await read(room, start.cursor))).toEqual(['a']);
    });

    test('[SV-8] is told apart from others', async () => {
      const [a, b] = [fresh(), fresh()];
      const start = await read(b, null);
      await say(a, 'of a');
      expect(await read(b, start.cursor)).toEqual(start);
      await say(b, 'of b');
      expect(payloads(await read(b, start.cursor))).toEqual(['of b']);
    });

    test('[SV-8] keeps so many messages; who is further behind cannot be told what was missed', async () => {
      const room = fresh();
      const start = await read(room, null);
      const cursors: string[] = [];
      for (let n = 1; n <= bounds.messages + 5; n += 1) cursors.push((await say(room, `${n}`)).cursor);
      const end = cursors.at(-1);
      expect(payloads(await read(room, cursors[4] as string))).toEqual(
        Array.from({ length: bounds.messages }, (_, n) => `${n + 6}`),
      );
      for (const cursor of [cursors[3] as string, start.cursor])
        expect(await read(room, cursor)).toEqual({ cursor: end, messages: [], reset: true });
    });
  });

  describe('a cursor', () => {
    test.each([
      ['from the future', (generation: string) => cursorOf(generation, 3)],
      ['of another generation', () => 'another:1'],
      ['before the first of another generation', () => 'another:0'],
      ['of a generation that looks like ours', (generation: string) => cursorOf(`${generation}0`, 1)],
      ['of no shape', () => 'x'],
      ['that is empty', () => ''],
      ['with a code in it', () => "'; redis.call('FLUSHALL') --:1"],
      ['beyond all numbers', (generation: string) => cursorOf(generation, 999_999_999_999_999)],
    ])('[SV-8] [SY-3] %s is a reset', async (_, forge) => {
      const room = fresh();
      await say(room);
      const { cursor } = await say(room);
      const reset = { cursor, messages: [], reset: true };
      expect(await read(room, forge(generationIn(cursor)))).toEqual(reset);
      const nobodys = fresh();
      const end = (await read(nobodys, null)).cursor;
      expect(await read(nobodys, forge(generationIn(cursor)))).toEqual({ ...reset, cursor: end });
    });

    test('[SV-8] of a room that is ahead never brings messages of one that is behind', async () => {
      const [a, b] = [fresh(), fresh()];
      for (const _ of [1, 2, 3]) await say(a);
      const { cursor } = await say(a);
      await say(b);
      expect((await read(b, cursor)).reset).toBe(true);
    });
  });

  describe('an id', () => {
    test('[SV-8] that comes again adds nothing, and gives the first cursor, from any node', async () => {
      const room = fresh();
      const start = await read(room, null);
      const first = await say(room, 'a', { id: 'x"\n:ä' });
      expect(first.isRepeat).toBe(false);
      await say(room, 'b');
      for (const store of [one, other])
        expect(await say(room, 'again', { id: 'x"\n:ä' }, store)).toEqual({
          cursor: first.cursor,
          isRepeat: true,
        });
      expect(payloads(await read(room, start.cursor))).toEqual(['a', 'b']);
    });

    test('[SV-8] at the same time from everywhere is one message', async () => {
      const room = fresh();
      const appended = await Promise.all(
        Array.from({ length: 20 }, (_, n) => say(room, `${n}`, { id: 'x' }, n % 2 ? one : other)),
      );
      expect(new Set(appended.map(({ cursor }) => cursor)).size).toBe(1);
      expect(appended.filter(({ isRepeat }) => !isRepeat)).toHaveLength(1);
    });

    test('[SV-8] is its room’s own', async () => {
      const [a, b] = [fresh(), fresh()];
      await say(a, '1', { id: 'x' });
      expect((await say(b, '1', { id: 'x' })).isRepeat).toBe(false);
      // However names and ids are put together.
      await say(`${a}:1`, '1', { id: '2' });
      expect((await say(a, '1', { id: '1:2' })).isRepeat).toBe(false);
    });

    test('[SV-8] is known for longer than its message', async () => {
      const room = fresh();
      const first = await say(room, '1', { id: 'x' });
      for (let n = 0; n < 2 * bounds.messages; n += 1) await say(room);
      expect(await say(room, '1', { id: 'x' })).toEqual({ cursor: first.cursor, isRepeat: true });
    });
  });

  describe('a budget', () => {
    test('[SV-8] is for all rooms together, in the order asked; the rest comes from the cursors on', async () => {
      const [a, b, c] = [fresh(), fresh(), fresh()];
      const starts = await readAll([a, b, c].map((room) => [room, null]));
      for (const room of [a, b, c]) for (const n of ['1', '2', '3']) await say(room, n);
      const asked = [a, b, c].map((room, at): [string, string] => [room, starts[at]?.cursor ?? '']);
      const pages = await readAll(asked, { messages: 5, bytes: 1_000_000 });
      expect(pages.map(payloads)).toEqual([['1', '2', '3'], ['1', '2'], []]);
      expect(pages.map(({ more }) => more)).toEqual([undefined, true, true]);
      expect(sequenceIn(pages[1]?.cursor ?? '')).toBe(2);
      expect(await read(b, pages[1]?.cursor ?? '')).toMatchObject({ messages: [{ payload: '3' }] });
      expect(payloads(await read(c, pages[2]?.cursor ?? ''))).toEqual(['1', '2', '3']);
    });

    test('[SV-8] of bytes is kept to: UTF-8, as they go over the wire', async () => {
      const [a, b] = [fresh(), fresh()];
      const starts = await readAll([a, b].map((room) => [room, null]));
      for (const room of [a, b]) for (const _ of [1, 2, 3]) await say(room, 'ä'.repeat(50));
      const asked = [a, b].map((room, at): [string, string] => [room, starts[at]?.cursor ?? '']);
      const pages = await readAll(asked, { messages: 100, bytes: 450 });
      expect(pages.map(({ messages }) => messages.length)).toEqual([3, 1]);
      expect(pages.map(({ more }) => more)).toEqual([undefined, true]);
    });

    test('[SV-8] is overrun by the first message alone: who asks on gets to the end', async () => {
      const [a, b] = [fresh(), fresh()];
      const starts = await readAll([a, b].map((room) => [room, null]));
      const large = 'x'.repeat(300);
      for (const room of [a, b]) for (const payload of [large, 'y', large]) await say(room, payload);
      let asked = [a, b].map((room, at): [string, string] => [room, starts[at]?.cursor ?? '']);
      const got: string[][] = [];
      for (let round = 0; round < 10 && asked.length > 0; round += 1) {
        const pages = await readAll(asked, { messages: 100, bytes: 100 });
        got.push(pages.flatMap(payloads));
        asked = asked
          .map(([room], at): [string, string] => [room, pages[at]?.cursor ?? ''])
          .filter((_, at) => pages[at]?.more);
      }
      expect(got).toEqual([[large], ['y'], [large], [large], ['y'], [large]]);
    });

    test('[SV-8] of nothing says whether there is more', async () => {
      const room = fresh();
      const start = await read(room, null);
      await say(room);
      const none = { messages: 0, bytes: 0 };
      expect(await read(room, start.cursor, none)).toEqual({
        ...start,
        cursor: expect.any(String),
        more: true,
      });
    });

    test('[SV-8] for no room at all is no error', async () => {
      expect(await readAll([])).toEqual([]);
    });
  });
}

function generationIn(cursor = ''): string {
  return readCursor(cursor)?.generation ?? '';
}
