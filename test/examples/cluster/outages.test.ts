import { expect, test } from 'vitest';
import type { LoadNews } from '../../../examples/cluster/client/load.ts';
import type { Kill } from '../../../examples/cluster/play/killer.ts';
import { Outages } from '../../../examples/cluster/play/outages.ts';

function killAt(at: number): Kill {
  return { at, nodes: ['node 1'], liveAt: at, wrongFor: 0 };
}

const news = (is: LoadNews['is'], at: number, user = 'alice'): LoadNews => ({ user, is, at });

test('[SV-7] an outage lasts from the kill until the client is live again', () => {
  const outages = new Outages();
  const kill = killAt(10_000);
  outages.note(news('between', 0));
  outages.note(news('here', 1_000));
  outages.killed(kill);
  outages.note(news('between', 10_003));
  outages.note(news('here', 10_700));
  expect(outages.all).toEqual([700]);
  expect(outages.ofProven).toEqual([700]);
  expect(kill.liveAt).toBe(10_700);
});

test('[SV-7] a client that is cut off again after a moment counts, but not among the proven ones', () => {
  const outages = new Outages();
  outages.note(news('here', 0));
  outages.killed(killAt(10_000));
  outages.note(news('between', 10_000));
  outages.note(news('here', 10_500));
  outages.killed(killAt(12_000));
  outages.note(news('between', 12_000));
  outages.note(news('here', 16_000));
  expect(outages.all).toEqual([500, 4_000]);
  expect(outages.ofProven).toEqual([500]);
});

test('[SV-7] a link that breaks long after a kill was not cut off by it, where links break anyway', () => {
  const outages = new Outages(2_000);
  outages.note(news('here', 0));
  outages.killed(killAt(10_000));
  outages.note(news('between', 13_000));
  outages.note(news('here', 13_500));
  expect(outages.all).toEqual([]);
});

test('[SV-7] to connect for the first time, to go away and to come back are no outages', () => {
  const outages = new Outages();
  outages.killed(killAt(1_000));
  outages.note(news('between', 1_500));
  outages.note(news('here', 2_000));
  outages.note(news('away', 3_000));
  outages.note(news('between', 20_000));
  outages.note(news('here', 20_300));
  // Leaves while it is cut off.
  outages.note(news('between', 30_000));
  outages.note(news('away', 30_001));
  outages.note(news('between', 50_000));
  outages.note(news('here', 50_100));
  expect(outages.all).toEqual([]);
});
