import { describe, expect, test } from 'vitest';
import type { Observed } from '../../../machines/verdict.ts';
import { Slots } from '../../../src/server/slots.ts';
import { createRandom } from '../../../src/testing/random.ts';
import { type Gate, peak, type Stampede, stampede } from '../../support/herd.ts';

const rate = 200;
const burst = 20;
const clients = 2_000;
const leastTime = (clients * 1_000) / rate;
/** What may come within 100 ms. */
const mostIn100 = rate / 10 + burst;

/** The gate of `admission()`, with the refusal as clients see it. */
function admitting(seed = 1): Gate {
  const random = createRandom(seed);
  const slots = new Slots({ rate, burst, longestWait: 120_000 }, 0);
  return (now) => {
    const answer = slots.ask(now, random());
    return answer && busy({ retryAfter: Math.ceil(answer.retryAfter), ...(answer.exact && { exact: true }) });
  };
}

/** The same rate, without slots: the same time for everybody, or none. */
function limiting(word: object): Gate {
  const slots = new Slots({ rate, burst, longestWait: 120_000 }, 0);
  return (now) => (slots.ask(now, 0) === null ? null : busy(word));
}

function busy(word: object): Observed {
  return { during: 'refused', message: 'busy', data: { code: 'busy', ...word } };
}

/** Who drew a long wait while the server was away asks late: that is its own schedule, with or without admission. */
function lastOfThoseWhoAsked({ admissions }: Stampede): number {
  return Math.max(...admissions.filter(({ asked }) => asked < leastTime / 2).map(({ at }) => at));
}

describe.each([
  [300, 1],
  [1_500, 1],
  [1_500, 2],
  [1_500, 3],
  [10_000, 4],
])(
  `${clients} clients after ${'%i'} ms without a server (seed ${'%i'}), ${rate} handshakes a second`,
  (down, seed) => {
    const herd = stampede(admitting(seed), { clients, down, seed });

    test('[SV-5, RE-2] all are back in at most 1.2 × clients ÷ rate, with two handshakes each on average', () => {
      expect(herd.admissions).toHaveLength(clients);
      expect(lastOfThoseWhoAsked(herd)).toBeLessThanOrEqual(1.2 * leastTime);
      for (const { at, asked } of herd.admissions) {
        if (asked > 1.2 * leastTime) expect(at - asked).toBeLessThan(300);
      }
      expect(herd.handshakes.length).toBeLessThanOrEqual(2.1 * clients);
    });

    test('[SV-5] no more are taken than the rate and the burst, in any 100 ms', () => {
      expect(
        peak(
          herd.admissions.map(({ at }) => at),
          100,
        ),
      ).toBeLessThanOrEqual(mostIn100);
    });
  },
);

describe(`${clients} clients after a restart at once`, () => {
  const down = 100;
  const afterTheFirst = ({ handshakes }: Stampede) =>
    peak(
      handshakes.filter((at) => at > 2_500),
      100,
    );

  test('[SV-5, RE-2] there is no second stampede: those who were told to come back come at the rate', () => {
    expect(afterTheFirst(stampede(admitting(), { clients, down }))).toBeLessThanOrEqual(mostIn100);
  });

  test('[SV-5] without admission the server has to take them all at once', () => {
    const { admissions } = stampede(() => null, { clients, down });
    expect(
      peak(
        admissions.map(({ at }) => at),
        100,
      ),
    ).toBeGreaterThan(3 * mostIn100);
  });

  test('[SV-5, RE-2] a limit that tells all the same time makes a second one', () => {
    const herd = stampede(limiting({ retryAfter: 5_000 }), { clients, down });
    // More than there is room for, although each client spreads by up to 4 s on top of that time.
    expect(afterTheFirst(herd)).toBeGreaterThan(1.4 * mostIn100);
    expect(lastOfThoseWhoAsked(herd)).toBeGreaterThan(1.5 * leastTime);
  });

  test('[SV-5, RE-2] a limit that tells no time leaves it to chance: the last ones come much later', () => {
    const herd = stampede(limiting({}), { clients, down });
    expect(lastOfThoseWhoAsked(herd)).toBeGreaterThan(1.5 * leastTime);
  });

  test('[SV-5] the slots of those who went away hold nobody up', () => {
    const { admissions } = stampede(admitting(), { clients, down, leave: 0.3 });
    expect(admissions.length).toBeGreaterThan(0.6 * clients);
    expect(Math.max(...admissions.map(({ at }) => at))).toBeLessThanOrEqual(1.2 * leastTime);
  });

  test.each([200, 1_000])('[SV-5, RE-2] a network that delays by up to %i ms costs little', (latency) => {
    const herd = stampede(admitting(), { clients, down, latency });
    expect(lastOfThoseWhoAsked(herd)).toBeLessThanOrEqual(1.2 * leastTime);
  });
});
