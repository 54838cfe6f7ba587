import { expect, test } from 'vitest';
import { createHarness, shortly } from '../support/harness.ts';

test('[LC-5, LC-6, CR-11] the first attempt dials and asks the provider side by side, and is connected when accepted', async () => {
  const h = createHarness();
  h.connection.connect('alice');
  expect(h.dials).toHaveLength(1);
  expect(h.provider.calls).toHaveLength(1);
  await h.grant('t');
  expect(h.dial.auth).toEqual({ token: 't' });
  h.dial.open();
  expect(h.statuses.map(shortly)).toEqual([
    'idle initial',
    'authenticating.credential',
    'authenticating.handshake',
    'connected.live',
  ]);
});
