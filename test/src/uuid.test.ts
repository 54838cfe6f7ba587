import { describe, expect, test } from 'vitest';
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
