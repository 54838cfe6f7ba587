import { describe, expect } from 'vitest';
import { type Answer, Slots } from '../../../src/server/slots.ts';
import { fc, test } from '../../support/properties.ts';

const rate10 = { rate: 10, burst: 2, longestWait: 60_000 };
const slot = (retryAfter: number): Answer => ({ retryAfter, exact: true });

describe('slots', () => {
  test('[SV-5] a burst gets in; whoever comes then gets a slot each, one after another at the rate', () => {
    const slots = new Slots(rate10, 0);
    const answers = Array.from({ length: 6 }, () => slots.ask(0, 0));
    // The first token comes after 100 ms, and slots lie half a burst behind their token.
    expect(answers).toEqual([null, null, slot(200), slot(300), slot(400), slot(500)]);
  });

  test('[SV-5] whoever comes at its slot gets in, somewhat early or late too', () => {
    const slots = new Slots(rate10, 0);
    for (let client = 0; client < 6; client += 1) slots.ask(0, 0);
    expect([130, 290, 480, 500].map((now) => slots.ask(now, 0))).toEqual([null, null, null, null]);
  });

  test('[SV-5] a slot that nobody comes for is free for whoever comes', () => {
    const slots = new Slots(rate10, 0);
    for (let client = 0; client < 50; client += 1) slots.ask(0, 0);
    expect([1_000, 1_000, 1_100].map((now) => slots.ask(now, 0))).toEqual([null, null, null]);
  });

  test('[SV-5] after a quiet time everything is as at the start', () => {
    const slots = new Slots(rate10, 0);
    for (let client = 0; client < 50; client += 1) slots.ask(0, 0);
    const answers = Array.from({ length: 3 }, () => slots.ask(100_000, 0));
    expect(answers).toEqual([null, null, slot(200)]);
  });

  test('[SV-5] no slot lies farther ahead than asked; who would get it is spread by chance, without a slot', () => {
    const slots = new Slots({ ...rate10, longestWait: 1_000 }, 0);
    const given = Array.from({ length: 1_000 }, () => slots.ask(0, 0.5)).filter((answer) => answer?.exact);
    expect(Math.max(...given.map((answer) => answer?.retryAfter ?? 0))).toBe(1_000);
    expect([0, 0.5, 1].map((random) => slots.ask(0, random))).toEqual(
      [500, 750, 1_000].map((retryAfter) => ({ retryAfter, exact: false })),
    );
    // Those without a slot pushed nobody back.
    expect(slots.ask(150, 0)).toBeNull();
    expect(slots.ask(151, 0)).toEqual(slot(949));
  });

  test('[SV-5] a client with a key that comes early is told what is left of its slot, and moves nobody', () => {
    const slots = new Slots(rate10, 0);
    for (const key of ['a', 'b', 'c', 'd']) slots.ask(0, 0, key);
    expect(slots.ask(50, 0, 'd')).toEqual(slot(250));
    expect(slots.ask(60, 0, 'd')).toEqual(slot(240));
    expect(slots.ask(70, 0, 'e')).toEqual(slot(330));
  });

  test('[SV-5] a client that comes after its slot without a token gets the next free one', () => {
    const slots = new Slots(rate10, 0);
    for (const key of ['a', 'b', 'c']) slots.ask(0, 0, key);
    for (let client = 0; client < 4; client += 1) slots.ask(300, 0);
    expect(slots.ask(301, 0, 'c')).toMatchObject({ exact: true });
    expect(slots.ask(301, 0, 'c')?.retryAfter).toBeGreaterThan(100);
  });

  test('[SV-5] the memory of keys is bounded by the slots that lie ahead', () => {
    const slots = new Slots({ ...rate10, longestWait: 5_000 }, 0);
    for (let client = 0; client < 100_000; client += 1) slots.ask(client / 100, 0, `key ${client}`);
    expect(slots.remembered).toBeLessThanOrEqual(51);
    slots.ask(1e6, 0);
    slots.ask(1e6, 0);
    slots.ask(1e6, 0, 'another');
    expect(slots.remembered).toBe(1);
  });

  const settings = fc.record({
    rate: fc.double({ min: 0.01, max: 5_000, noNaN: true }),
    burst: fc.integer({ min: 1, max: 500 }),
    longestWait: fc.integer({ min: 0, max: 200_000 }),
  });
  const arrivals = fc.array(fc.tuple(fc.integer({ min: -50, max: 400 }), fc.option(fc.string())), {
    maxLength: 300,
  });

  test.prop([settings, arrivals, fc.double({ min: 0, max: 1, noNaN: true })])(
    '[SV-5] whatever comes, also with a clock that steps back: never more than burst and rate, and every wait in bounds',
    (given, steps, random) => {
      const slots = new Slots(given, 0);
      let [now, latest, admitted] = [0, 0, 0];
      const taken = new Set<number>();
      for (const [step, key] of steps) {
        now += step;
        latest = Math.max(latest, now);
        const answer = slots.ask(now, random, key ?? undefined);
        if (answer === null) admitted += 1;
        else {
          expect(answer.retryAfter).toBeGreaterThanOrEqual(0);
          expect(answer.retryAfter).toBeLessThanOrEqual(given.longestWait);
          if (answer.exact && key === null) {
            expect(taken).not.toContain(now + answer.retryAfter);
            taken.add(now + answer.retryAfter);
          }
        }
        expect(admitted).toBeLessThanOrEqual(given.burst + (latest * given.rate) / 1_000 + 1e-6);
      }
    },
  );
});
