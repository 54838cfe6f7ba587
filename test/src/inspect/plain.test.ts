import { describe, expect, test } from 'vitest';
import { Secret } from '../../../src/index.ts';
import { plain } from '../../../src/inspect/plain.ts';

describe('what an inspector is shown', () => {
  test('[IN-1] is plain data as it is', () => {
    const event = {
      type: 'link.lost',
      epoch: 3,
      verdict: { code: 'kicked', retryAfter: null, list: [1, 'a', true] },
    };
    expect(plain(event)).toEqual(event);
    expect(plain(event)).not.toBe(event);
  });

  test('[CR-12] is nothing of what is inside a class instance', () => {
    class Port {
      readonly token = 'hidden-in-a-port';
    }
    const shown = JSON.stringify(
      plain({ port: new Port(), secret: new Secret('hidden'), call: () => 'hidden' }),
    );
    expect(shown).toBe('{"port":"[Port]","secret":"[Secret]"}');
  });

  test('[IN-1] is an error by its name and message alone', () => {
    expect(plain(Object.assign(new TypeError('bad'), { token: 'hidden' }))).toEqual({
      name: 'TypeError',
      message: 'bad',
    });
  });

  test.each([
    [
      'a getter that throws',
      Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new Error();
        },
      }),
      '[cannot be read]',
    ],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          getPrototypeOf: () => {
            throw new Error();
          },
        },
      ),
      '[cannot be read]',
    ],
    ['a number without end', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a bigint', 7n, '7'],
    ['nothing', undefined, undefined],
    ['null', null, null],
  ])('[LC-13] copes with %s', (_, value, expected) => {
    expect(plain(value)).toEqual(expected);
  });

  test('[LC-13] ends where it is too deep, too long or in a circle', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(JSON.stringify(plain(circle))).toContain('[deeper]');
    expect(plain(Array.from({ length: 5_000 }, () => 0))).toHaveLength(100);
    expect(plain('x'.repeat(10_000))).toHaveLength(2_001);
    expect(
      Object.keys(plain(Object.fromEntries(Array.from({ length: 500 }, (_, index) => [index, 0]))) as object),
    ).toHaveLength(100);
  });
});
