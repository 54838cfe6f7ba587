import { expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Fetched, Fetching } from '../../../src/inbox/fetching.ts';
import { collectGarbage } from '../../support/collect-garbage.ts';

const request = { identity: 'alice', since: null, cursors: {}, rooms: [] };

/** Gives everything, and fails then. */
async function* failing(items: object[]) {
  yield* items;
  throw new Error('boom');
}

test.each([
  ['that ended well', async (items: object[]) => items],
  ['that failed', failing],
])('[SY-1] a try %s holds on to nothing that it was given', async (_, give) => {
  const settled: Fetched['type'][] = [];
  let given: WeakRef<object> | undefined;
  const sync = {
    fetch() {
      const payload = { text: 'missed' };
      given = new WeakRef(payload);
      return give([{ event: 'note', payload }]) as never;
    },
    timeout: 1_000,
    retries: 0,
  };
  const fetching = new Fetching(sync, new SimulatedClock(), ({ type }) => settled.push(type));
  fetching.start(request);
  await collectGarbage();
  expect(settled).toHaveLength(1);
  expect(given?.deref()).toBeUndefined();
  fetching.stop();
});
