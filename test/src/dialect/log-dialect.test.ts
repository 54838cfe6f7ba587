import { expect, test } from 'vitest';
import type { LogReader } from '../../../src/dialect/dialect.ts';
import { RoomLogs } from '../../../src/dialect/log-dialect.ts';
import { plain } from '../../../src/dialect/plain.ts';
import { cursorOf, helloEvent } from '../../../src/wire.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';

const cursor = (sequence: number) => cursorOf('g', sequence);
const nothing = () => {};
const never = () => Promise.reject(new Error('nobody asked'));

/** A dialect that greeted with the lobby, and what else it was told to do when the lobby's log begins. */
function greeted(begin: (dialect: RoomLogs) => void = nothing): RoomLogs {
  const reader: LogReader = {
    cursors: () => ({ lobby: cursor(1) }),
    isRead: () => true,
    begin: () => begin(dialect),
    ...{ owe: nothing, lose: nothing, removed: nothing, forget: nothing },
  };
  const { readBye, readAnswer, encode, leave } = plain() as Required<ReturnType<typeof plain>>;
  const dialect = new RoomLogs({ readBye, readAnswer, encode, leave, renew: never }, reader);
  dialect.greet(['lobby']);
  return dialect;
}

test('[RM-4] a room that is left by whoever hears its answer was joined by it all the same', async () => {
  let isLeft = false;
  const dialect = greeted((it) => {
    if (!isLeft) it.forget('lobby');
    isLeft = true;
  });
  const joined = dialect.joinAll(['lobby'], never);
  const answer = { ok: true, cursor: cursor(1) };
  dialect.read(helloEvent, [{ rooms: [answer] }]);
  expect(await joined).toEqual([answer]);
});

test('[SY-1] what a greeting brought for a room that was left before is not held', async () => {
  const dialect = greeted();
  dialect.forget('lobby');
  const hear = () => {
    const payload = { text: 'missed' };
    const missed = [[2, 'note', payload]];
    dialect.read(helloEvent, [{ rooms: [{ ok: true, cursor: cursor(2), missed }] }]);
    return new WeakRef(payload);
  };
  const given = hear();
  await collectGarbage();
  expect(given.deref()).toBeUndefined();
  expect(dialect.greet([])).toMatchObject({ rooms: [] });
});

test('[SY-1] what a greeting brought is let go of when it was read, and the link goes on', async () => {
  const dialect = greeted();
  const missed = () => {
    const payload = { text: 'missed' };
    dialect.read(helloEvent, [{ rooms: [{ ok: true, cursor: cursor(2), missed: [[2, 'note', payload]] }] }]);
    return new WeakRef(payload);
  };
  const given = missed();
  await dialect.joinAll(['lobby'], never);
  const read: string[] = [];
  await new Promise<void>((resolve) => {
    dialect.catchUp(['lobby'], never).subscribe({
      next: ({ event, payload }) => read.push(`${event}: ${(payload as { text: string }).text}`),
      complete: resolve,
    });
  });
  expect(read).toEqual(['note: missed']);

  await collectGarbage();
  expect(given.deref()).toBeUndefined();
});
