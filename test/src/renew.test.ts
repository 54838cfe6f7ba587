import { describe, expect, test } from 'vitest';
import type { RenewalEvent } from '../../machines/events.ts';
import { classifySocketIo } from '../../machines/verdict.ts';
import { plain } from '../../src/dialect/plain.ts';
import { renewOnLink } from '../../src/renew.ts';
import { redact, Secret } from '../../src/secret.ts';

/** Hands `top-secret` over to a server that says this. */
function handOver(call: () => Promise<unknown>) {
  const told: RenewalEvent[] = [];
  const parts = {
    link: { call },
    auth: new Secret({ token: 'top-secret' }),
    dialect: plain({ renew: 'renew' }),
    classify: classifySocketIo,
    desk: { redact: <T>(said: T) => redact(said, ['top-secret']) },
    epoch: 7,
    timeout: 1_000,
  };
  const stop = renewOnLink(parts, (event) => told.push(event));
  return { told, stop };
}

const settle = () => new Promise(setImmediate);

describe('a credential that is handed over', () => {
  test.each([
    [{}, {}],
    [{ expiresIn: 0 }, { expiresIn: 0 }],
    ['yes', {}],
  ])('[CR-9] tells what the server said: %j', async (said, more) => {
    const { told } = handOver(async () => said);
    await settle();
    expect(told).toEqual([{ type: 'renewal.accepted', epoch: 7, ...more }]);
  });

  test.each([
    ['top-secret is bad', '[redacted] is bad'],
    [{ message: 'top-secret is bad' }, '[redacted] is bad'],
    [{ message: '' }, 'the renewal was refused'],
    [{ message: 7 }, 'the renewal was refused'],
    ['', 'the renewal was refused'],
  ])('[CR-9, CR-12, ST-1] is refused in words, whatever the error: %j', async (error, message) => {
    const { told } = handOver(async () => ({ error }));
    await settle();
    expect(told).toMatchObject([{ type: 'renewal.refused', epoch: 7, verdict: { message } }]);
  });

  test('[CR-12, LC-13] does not show in what the dialect threw', async () => {
    const { told } = handOver(async () => {
      throw new Error('cannot send top-secret');
    });
    await settle();
    expect(told).toMatchObject([
      {
        type: 'renewal.refused',
        verdict: {
          code: 'renewal-unanswered',
          message: '`dialect.renew` threw: Error: cannot send [redacted]',
        },
      },
    ]);
  });

  test('[CR-5] tells nothing once it is not wanted any more', async () => {
    const { told, stop } = handOver(async () => ({}));
    stop();
    await settle();
    expect(told).toEqual([]);
  });
});
