import { expect, test } from 'vitest';
import type { LogReader } from '../../../src/dialect/dialect.ts';
import { RoomLogs } from '../../../src/dialect/log-dialect.ts';
import { plain } from '../../../src/dialect/plain.ts';
import { cursorOf, helloEvent } from '../../../src/wire.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';

const cursor = (sequence: number) => cursorOf('g', sequence);
const nothing = () => {};
const never = () => Promise.reject(new Error('nobody asked'));

test('[SY-1] what a greeting brought is let go of when it was read, and the link goes on', async () => {
  const reader: LogReader = {
    cursors: () => ({ lobby: cursor(1) }),
    isRead: () => true,
    ...{ begin: nothing, owe: nothing, lose: nothing, removed: nothing, forget: nothing },
  };
  const { readBye, readAnswer, encode, leave } = plain() as Required<ReturnType<typeof plain>>;
  const dialect = new RoomLogs({ readBye, readAnswer, encode, leave, renew: never }, reader);
  dialect.greet(['lobby']);

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
