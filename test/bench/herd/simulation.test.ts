import { describe, expect, test } from 'vitest';
import { comeBack } from '../../../bench/herd/comeback.ts';
import { figuresOf } from '../../../bench/herd/figures.ts';
import { admitting, limited, open } from '../../../bench/herd/gates.ts';
import { type Outage, waitOut } from '../../../bench/herd/outage.ts';
import { holdfast, phoenix, type Schedule, socketIo } from '../../../bench/herd/schedules.ts';
import type { Gate } from '../../../bench/herd/world.ts';

const clients = 10_000;

function run(
  schedule: Schedule,
  {
    ms = 3_000,
    isDrained = false,
    gate = open,
    seed = 1,
  }: Partial<Outage> & { gate?: Gate; seed?: number } = {},
) {
  const sort = { clients, schedule, seed };
  const course = comeBack(sort, waitOut(sort, { ms, isDrained }), gate);
  return { course, figures: figuresOf(course, clients) };
}

const count = (bins: Uint32Array) => bins.reduce((sum, each) => sum + each, 0);

/** No chance at all: everybody asks at the same moments. */
const lockstep: Schedule = () => 4_000;

/** What a wait of at most 12 s leaves after a long time, whose distribution is known. */
const fullJitter: Schedule = (random) => random() * 12_000;

describe('the simulation', () => {
  test('is the same for the same seed, and another for another', () => {
    const gate = () => limited(clients / 10);
    const once = run(socketIo, { gate: gate() });
    expect(run(socketIo, { gate: gate() })).toEqual(once);
    expect(run(socketIo, { gate: gate(), seed: 2 }).figures).not.toEqual(once.figures);
  });

  test('brings every client back exactly once, and counts every attempt', () => {
    const { course } = run(holdfast(), { gate: limited(clients / 10) });
    expect([count(course.admitted), count(course.back)]).toEqual([clients, clients]);
    expect(count(course.arrivals)).toBe(clients + count(course.repeats));
    // Those that met nobody are attempts too.
    expect(course.attempts).toBeGreaterThan(count(course.arrivals));
  });

  test('[RE-1] shows a schedule without jitter as lockstep, after any outage', () => {
    for (const ms of [1_000, 30_000, 180_000]) {
      expect(run(lockstep, { ms }).figures.peak).toBeGreaterThan(0.9);
      expect(run(fullJitter, { ms }).figures.peak).toBeLessThan(0.2);
    }
    expect(run(phoenix, { ms: 180_000 }).figures.peak).toBe(1);
  });

  test('[RE-1] lockstep against a server with a limit comes again all at once, each time', () => {
    const { arrivals } = run(lockstep, { ms: 1_000, gate: limited(clients / 10) }).course;
    const crowds = arrivals.reduce((most, each, bin) => {
      const round = Math.floor(bin / 405);
      most[round] = (most[round] ?? 0) + each;
      return most;
    }, [] as number[]);
    // Of the next crowd, only those are missing who found room: a burst and little more.
    expect(crowds[1]).toBeGreaterThan(0.9 * clients);
    expect(crowds[2]).toBeGreaterThan(0.8 * clients);
  });

  test('[RE-1] agrees with arithmetic: what is left of a wait up to C is below C (1 - √(1 - p)) for a share p', () => {
    const { back } = run(fullJitter, { ms: 180_000 }).figures;
    for (const [index, share] of [0.5, 0.95].entries()) {
      // And 80 ms of network and handshake.
      const expected = 12 * (1 - Math.sqrt(1 - share)) + 0.08;
      expect(Math.abs((back[index] ?? Number.NaN) - expected)).toBeLessThan(0.03 * expected);
    }
  });

  test('[SV-5] a server with a limit takes its rate and a burst, and no more', () => {
    for (const gate of [limited(clients / 10), admitting(clients / 10, 1)]) {
      const { admitted } = run(socketIo, { gate }).course;
      for (let bin = 0; bin < 3_000; bin += 1) {
        const within = admitted.subarray(bin, bin + 100).reduce((sum, each) => sum + each, 0);
        expect(within).toBeLessThanOrEqual(clients / 10 + clients / 40 + 1);
      }
    }
  });

  test('[SV-5, RE-2] who does not read the slot gains nothing by admission, to the last handshake', () => {
    const alone = run(socketIo, { gate: limited(clients / 10) });
    expect(run(socketIo, { gate: admitting(clients / 10, 1) })).toEqual(alone);
    expect(run(holdfast(), { gate: admitting(clients / 10, 1) })).not.toEqual(
      run(holdfast(), { gate: limited(clients / 10) }),
    );
  });

  test('[SV-5] a drain spreads a herd over its time, where other servers stay', () => {
    for (const schedule of [phoenix, holdfast()]) {
      expect(run(schedule, { ms: 0 }).figures.peak).toBeGreaterThan(0.9);
      const { peak, back } = run(schedule, { ms: 0, isDrained: true }).figures;
      expect(peak).toBeLessThan(0.11);
      expect(back[1]).toBeGreaterThan(9.5);
      expect(back[2]).toBeLessThan(12.2);
    }
  });
});
