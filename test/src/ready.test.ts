import { describe, expect, test } from 'vitest';
import { SimulatedClock } from 'xstate';
import { HoldfastError, type Status } from '../../src/index.ts';
import { Problems } from '../../src/problems.ts';
import { whenReady } from '../../src/ready.ts';
import { StatusStore } from '../../src/status-store.ts';

const idle = { state: 'idle', since: 0, reason: 'disconnected' } as const;
const trying = { state: 'authenticating', since: 0, identity: 'alice', phase: 'credential' } as const;
const restoring = {
  state: 'connected',
  since: 0,
  identity: 'alice',
  phase: 'restoring',
  recovered: false,
  degraded: [],
} as const;
const live = { ...restoring, phase: 'live' } as const;
const failed = { ...trying, state: 'auth-failed', cause: new HoldfastError('unauthorized', 'no') } as const;

/** A status that counts who listens to it, and a wait for it. */
function stand(first: Status) {
  const store = new StatusStore(first, new Problems(new SimulatedClock(), { redact: (said) => said }));
  let open = 0;
  const counted = {
    get current() {
      return store.current;
    },
    subscribe(listener: () => void) {
      open += 1;
      const stop = store.subscribe(listener);
      return () => {
        open -= 1;
        stop();
      };
    },
  };
  const seen: unknown[] = [];
  const abort = new AbortController();
  whenReady(counted, abort.signal).then(
    () => seen.push('live'),
    (thrown) => seen.push(thrown),
  );
  return {
    store,
    abort,
    seen,
    open: () => open,
    async settle() {
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    },
  };
}

describe('a wait for the connection', () => {
  test('[LC-5] goes on while the session is restored: it is not live before', async () => {
    const s = stand(trying);
    await s.settle();
    s.store.set(restoring);
    await s.settle();
    expect(s.seen).toEqual([]);
    s.store.set(live);
    await s.settle();
    expect(s.seen).toEqual(['live']);
  });

  test.each<[string, Status]>([
    ['live', live],
    ['idle', idle],
    ['refused', failed],
  ])('[LC-10] listens no more once it is settled, also at once: %s', async (_, status) => {
    const later = stand(trying);
    await later.settle();
    expect(later.open()).toBe(1);
    later.store.set(status);
    const atOnce = stand(status);
    for (const s of [later, atOnce]) {
      await s.settle();
      expect(s.open()).toBe(0);
      expect(s.seen).toHaveLength(1);
    }
  });

  test('[LC-10] listens no more once it is aborted, also before it began to', async () => {
    const later = stand(trying);
    await later.settle();
    const atOnce = stand(trying);
    for (const s of [later, atOnce]) {
      s.abort.abort();
      await s.settle();
      expect(s.open()).toBe(0);
      expect(s.seen).toEqual([expect.objectContaining({ code: 'aborted' })]);
    }
  });

  test('[ER-1] tells in words why it ended', async () => {
    const aborted = stand(trying);
    aborted.abort.abort();
    const other = stand(trying);
    const ended = stand(idle);
    await other.settle();
    other.store.set({ ...trying, identity: 'bob' });
    const all = [aborted, other, ended];
    for (const s of all) await s.settle();
    expect(all.map(({ seen }) => (seen[0] as Error).message)).toEqual([
      'the wait for the connection was aborted',
      'the connection went to another identity',
      'there is no connection: disconnected',
    ]);
  });
});
