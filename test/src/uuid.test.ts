import { afterEach, describe, expect, test, vi } from 'vitest';
import { uuidV7 } from '../../src/uuid.ts';

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** Later than every other test of this file would make it. */
let far = 2_000_000_000_000;

describe('an id', () => {
  test('[OB-3] is a UUID of version 7 that begins with its time', () => {
    far += 1_000;
    const id = uuidV7(far);
    expect(id).toMatch(shape);
    expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(far);
  });

  test.each([
    ['stands', () => far],
    ['steps back', () => far - Math.floor(Math.random() * 1e9)],
    ['is no number', () => Number.NaN],
    ['is before its own beginning', () => -1],
    ['counts in fractions', () => far + Math.random()],
  ])('[OB-3] is greater than those before it, and new, when the clock %s', (_, now) => {
    const ids = Array.from({ length: 20_000 }, () => uuidV7(now()));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(shape);
  });

  test('[OB-3] takes its chance from the host, a new one each time', () => {
    const tails = Array.from({ length: 5_000 }, () => uuidV7(far).slice(-12));
    expect(new Set(tails).size).toBe(tails.length);
  });
});

/** As it is in a process that has made no id yet: what was the last time is memory of the module. */
async function begin(): Promise<typeof uuidV7> {
  vi.resetModules();
  const module = await import('../../src/uuid.ts');
  return module.uuidV7;
}

/** The host's chance, byte after byte from a list that repeats; tells how often it was asked. */
function chance(...bytes: number[]) {
  let at = 0;
  return vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    for (const [index] of (array as Uint8Array).entries()) {
      (array as Uint8Array)[index] = bytes[at++ % bytes.length] as number;
    }
    return array;
  });
}

const timeOf = (id: string) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
const countOf = (id: string) => Number.parseInt(id.slice(15, 18), 16);

describe('the first ids of a process', () => {
  afterEach(() => void vi.restoreAllMocks());

  test('[OB-3] lie as RFC 9562 has it: time, version, count, variant, chance', async () => {
    chance(0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
    const next = await begin();
    expect(next(0x017f22e279b0)).toBe('017f22e2-79b0-74c3-98c4-dc0c0c07398f');
    expect(next(0x017f22e279b0)).toBe('017f22e2-79b0-74c4-98c4-dc0c0c07398f');
    expect(next(0x017f22e279b1)).toBe('017f22e2-79b1-74c3-98c4-dc0c0c07398f');
  });

  test('[OB-3] use each byte of chance once, and ask the host for many at a time', async () => {
    const asked = chance(...Array.from({ length: 251 }, (_, n) => n));
    const next = await begin();
    const ids = Array.from({ length: 129 }, (_, n) => next(n));
    expect(asked).toHaveBeenCalledTimes(2);
    for (const [n, id] of ids.entries()) {
      const bytes = Array.from({ length: 10 }, (_, index) => (10 * n + index) % 251);
      const [high, low, first, ...others] = bytes as [number, number, number, ...number[]];
      expect(countOf(id)).toBe(((high << 8) | low) & 0x7ff);
      const tail = [0x80 | (first & 0x3f), ...others]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
      expect(id.slice(19).replace('-', '')).toBe(tail);
    }
  });

  test.each([
    [0, 0],
    [1, 1],
    [0.9, 0],
    [-0.5, 0],
    [-1, 0],
    [Number.NaN, 0],
    [Number.NEGATIVE_INFINITY, 0],
  ])('[OB-3] have a time also when the clock reads %d', async (now, time) => {
    const next = await begin();
    const ids = Array.from({ length: 10 }, () => next(now));
    for (const id of ids) expect([shape.test(id), timeOf(id)]).toEqual([true, time]);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('[OB-3] are ids, and rise, also when the clock reads what no clock can', async () => {
    const next = await begin();
    const ids = Array.from({ length: 10_000 }, () => next(Number.POSITIVE_INFINITY));
    for (const id of ids) expect(id).toMatch(shape);
    expect(ids.toSorted()).toEqual(ids);
  });

  test('[OB-3] of one millisecond all tell it: there is room for two thousand', async () => {
    for (const high of [0x00, 0xff]) {
      chance(high);
      const next = await begin();
      const ids = Array.from({ length: 2_049 }, () => next(5_000));
      expect(new Set(ids.map(timeOf))).toEqual(new Set([5_000]));
      if (high === 0xff) expect(timeOf(next(5_000)), 'then the next one is taken').toBe(5_001);
    }
  });
});
