import { beforeEach, expect, test, vi } from 'vitest';
import { Patience } from '../../../examples/shared/patience.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  return () => vi.useRealTimers();
});

const pause = async (ms: number) => void vi.setSystemTime(Date.now() + ms);

test('[SV-7] what comes about in time is not missed', async () => {
  const said: string[] = [];
  const patience = new Patience((line) => said.push(line), pause);
  let looks = 0;
  await patience.until('it is so', 10_000, async () => {
    looks += 1;
    return looks === 3;
  });
  expect(patience.missed).toEqual([]);
  expect(said).toEqual(['it is so: after 0.1 s']);
});

test('[SV-7] what does not come about is missed, and is not waited for any longer', async () => {
  const patience = new Patience(() => {}, pause);
  await patience.until('it is so', 2_000, async () => false);
  expect(patience.missed).toEqual(['it was not so within 2 s that it is so']);
  expect(Date.now()).toBeLessThan(3_000);
});
