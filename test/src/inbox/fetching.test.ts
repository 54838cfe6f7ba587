import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { type Fetched, Fetching } from '../../../src/inbox/fetching.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const request = { identity: 'alice', since: null, cursors: {}, rooms: [] };

/** Gives everything, and fails then. */
async function* give(items: object[]) {
  yield* items;
  throw new Error('boom');
}

test('[SY-1] a try that failed holds on to nothing that it was given', async () => {
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
  await expect.poll(() => settled.length).toBe(1);
  // A WeakRef keeps its target until the turn is over.
  await expect
    .poll(() => {
      collectGarbage();
      return given?.deref();
    })
    .toBeUndefined();
  fetching.stop();
});
