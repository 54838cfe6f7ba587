import { describe, expect } from 'vitest';
import { Spread } from '../../../src/server/spread.ts';
import { fc, test } from '../../support/properties.ts';

describe('a spread', () => {
  test('[SV-5] lets them go evenly, the last one at the end', () => {
    const spread = new Spread(10, 1_000, 100);
    expect([1_000, 1_009, 1_010, 1_050, 1_099, 1_100, 9_999].map((now) => spread.waitingAt(now))).toEqual([
      10, 9, 9, 5, 0, 0, 0,
    ]);
  });

  test('[SV-5] over nothing lets all go at once', () => {
    expect(new Spread(10, 1_000, 0).waitingAt(1_000)).toBe(0);
  });

  test('[SV-5] that is shortened spreads who is left over the new time; a longer one changes nothing', () => {
    const spread = new Spread(10, 0, 1_000);
    spread.shorten(5, 500, 600);
    expect(spread.waitingAt(600)).toBe(4);
    spread.shorten(4, 600, 40);
    expect([600, 620, 640].map((now) => spread.waitingAt(now))).toEqual([4, 2, 0]);
  });

  test.prop([
    fc.integer({ min: 0, max: 10_000 }),
    fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.option(fc.integer({ min: 0, max: 2_000 }))), {
      maxLength: 50,
    }),
  ])('[SV-5] however often it is shortened, nobody comes back to the queue', (total, steps) => {
    const spread = new Spread(total, 0, 5_000);
    let [now, waiting] = [0, total];
    for (const [step, over] of steps) {
      now += step;
      const left = spread.waitingAt(now);
      expect(left).toBeLessThanOrEqual(waiting);
      waiting = left;
      if (over !== null) spread.shorten(waiting, now, over);
    }
  });
});
