import { describe, expect, test } from 'vitest';
import type { Status } from '../../../src/index.ts';
import { createHarness } from '../../support/harness.ts';

type Connected = Extract<Status, { state: 'connected' }>;

/** A connection whose server answers nothing until it is told to. */
function createSilent(options: Parameters<typeof createHarness>[0] = {}) {
  const h = createHarness({ outbox: { ackTimeout: 1_000 }, ...options });
  const waiting: { event: string; args: readonly unknown[]; answer: (value: unknown) => void }[] = [];
  h.answerWith(
    (event, args, timeout) =>
      new Promise((resolve, reject) => {
        waiting.push({ event, args, answer: resolve });
        h.clock.setTimeout(() => reject(new Error('too late')), timeout);
      }),
  );
  // Not spread: the harness has getters.
  return Object.assign(Object.create(h) as typeof h, {
    waiting,
    degraded: () => (h.connection.getStatus() as Connected).degraded,
  });
}

describe('a room that the server does not answer', () => {
  test('[RM-1, LC-7] is tried a bounded number of times, then the connection is live and degraded', async () => {
    const s = createSilent();
    const membership = s.connection.join('lobby');
    s.connection.connect('alice');
    await s.grant();
    s.dials.at(-1)?.open();
    expect(s.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'restoring', degraded: [] });
    for (let turn = 0; turn < 20; turn += 1) await s.pass(500);
    expect(s.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
    expect(s.degraded()).toMatchObject([{ code: 'rooms-unanswered' }]);
    expect(membership.state.state).toBe('joining');

    // And asked for again by itself: once there is an answer, nothing is missing.
    s.answerWith(async () => ({ ok: true }));
    for (let turn = 0; turn < 50; turn += 1) await s.pass(500);
    expect(membership.state.state).toBe('joined');
    expect(s.degraded()).toEqual([]);
    await s.connection.dispose();
  });

  test('[OB-2] holds back messages only as long as that', async () => {
    const s = createSilent();
    s.connection.join('lobby');
    s.connection.connect('alice');
    const delivery = s.connection.send('message:send', { text: 'hello' });
    await s.grant();
    s.dials.at(-1)?.open();
    await s.pass(500);
    expect(s.waiting.map(({ event }) => event)).toEqual(['room:join']);
    for (let turn = 0; turn < 20; turn += 1) await s.pass(500);
    expect(s.waiting.map(({ event }) => event)).toContain('message:send');
    expect(delivery.state).toBe('sending');
    await s.connection.dispose();
    await expect(delivery.acknowledged).rejects.toMatchObject({ code: 'disposed' });
  });
});
