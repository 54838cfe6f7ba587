import { describe, expect, test, vi } from 'vitest';
import { SimulatedClock } from 'xstate';
import type { Problem, Status } from '../../src/index.ts';
import { Problems } from '../../src/problems.ts';
import { isLive, isSameStatus } from '../../src/status.ts';
import { StatusStore } from '../../src/status-store.ts';

const live = {
  state: 'connected',
  since: 0,
  identity: 'alice',
  phase: 'live',
  recovered: false,
  degraded: [],
} as const;
const restoring = { ...live, phase: 'restoring' } as const;
const trying = { state: 'authenticating', since: 0, identity: 'alice', phase: 'handshake' } as const;
const idle = { state: 'idle', since: 0, reason: 'disconnected' } as const;
const disposed = { ...idle, reason: 'disposed' } as const;

function stand(first: Status = idle) {
  const problems = new Problems(new SimulatedClock(), { redact: (said) => said });
  const told: Problem[] = [];
  problems.problems$.subscribe((problem) => told.push(problem));
  return { store: new StatusStore(first, problems), told };
}

describe('the status as a store', () => {
  test.each<[Status, boolean]>([
    [live, true],
    [restoring, false],
    [trying, false],
    [idle, false],
  ])('[ST-1] %o: live or not', (status, expected) => {
    expect([isLive(status), stand(status).store.isLive]).toEqual([expected, expected]);
  });

  test.each<[Status, boolean]>([
    [disposed, true],
    [idle, false],
    [live, false],
  ])('[LC-10] %o: over or not', (status, expected) => {
    expect(stand(status).store.isDisposed).toBe(expected);
  });

  test('[ST-2] takes two for the same only if all that they tell is', () => {
    expect(isSameStatus(live, { ...live })).toBe(true);
    for (const other of [restoring, { ...live, since: 1 }, { ...live, degraded: [] }, trying, idle]) {
      expect([isSameStatus(live, other), isSameStatus(other, live)]).toEqual([false, false]);
    }
  });

  test('[ST-3, LC-10] may be listened to no more after the end: nothing to do', () => {
    const { store } = stand();
    const stop = store.subscribe(() => {});
    store.complete();
    expect(stop).not.toThrow();
  });

  test('[ST-3, LC-12] calls nobody after the end, also where a listener brought it about', () => {
    const { store, told } = stand();
    const late = vi.fn();
    store.subscribe(() => store.complete());
    store.subscribe(late);
    expect(() => store.set(trying)).not.toThrow();
    store.set(live);
    expect(late).not.toHaveBeenCalled();
    expect(told).toEqual([]);
  });

  test('[ST-3, LC-13] says whose callback it was that threw', () => {
    const { store, told } = stand();
    store.subscribe(() => {
      throw new Error('mine');
    });
    store.set(trying);
    expect(told.map(({ message }) => message)).toEqual(['a status listener threw: Error: mine']);
  });
});
