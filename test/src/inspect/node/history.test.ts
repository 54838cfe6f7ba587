import { expect, test } from 'vitest';
import { History } from '../../../../src/inspect/node/history.ts';
import { begin } from '../../../support/reports.ts';

test('[IN-2] a page that was cut off gets what it missed, and nothing twice', () => {
  const history = new History();
  for (const name of ['a', 'b', 'c']) history.add(begin(name));
  expect(history.after(1).map(([number, { connection }]) => [number, connection])).toEqual([
    [2, 'b'],
    [3, 'c'],
  ]);
  expect(history.after(3)).toEqual([]);
  expect(history.after(0)).toHaveLength(3);
});

test('[IN-2] only the last reports are kept, with the numbers that they had', () => {
  const history = new History();
  for (let index = 1; index <= 20_000; index += 1) history.add(begin(String(index)));
  const kept = history.after(0);
  expect(kept.length).toBeLessThan(6_001);
  expect(kept.length).toBeGreaterThanOrEqual(5_000);
  for (const [number, { connection }] of kept) expect(connection).toBe(String(number));
  expect(kept.at(-1)?.[0]).toBe(20_000);
});
