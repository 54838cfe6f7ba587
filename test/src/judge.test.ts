import { describe, expect, test } from 'vitest';
import { classifySocketIo, type Observed, type Verdict } from '../../machines/verdict.ts';
import type { HoldfastError } from '../../src/errors.ts';
import { backOffSafely, drawSafely, judgeSafely } from '../../src/judge.ts';

function createProblems() {
  const told: string[] = [];
  return {
    told,
    report: ({ code, message }: Pick<HoldfastError, 'code' | 'message'>) =>
      void told.push(`${code}: ${message}`),
    caught: (who: string, thrown: unknown) => void told.push(`${who} threw: ${thrown}`),
  };
}

const boom = () => {
  throw new Error('boom');
};
const observed: Observed = { during: 'failed', message: 'ECONNREFUSED' };
const verdict: Verdict = {
  kind: 'server',
  retry: 'never',
  forceRefresh: true,
  retryAfter: null,
  code: 'refused',
  message: 'no',
  hint: 'Wait.',
};

describe('a classifier', () => {
  const judge = (given: unknown) => {
    const problems = createProblems();
    return { got: judgeSafely(() => given as Verdict, problems)(observed), told: problems.told };
  };

  test('[RE-9] of the house is taken as it is', () => {
    expect(judgeSafely(classifySocketIo, createProblems())).toBe(classifySocketIo);
  });

  test.each([
    { ...verdict },
    ...['credential', 'forbidden', 'superseded', 'busy', 'network', 'protocol'].map((kind) => ({
      ...verdict,
      kind,
    })),
    { ...verdict, retry: 'now' },
    { ...verdict, retry: 'backoff', forceRefresh: false },
    { ...verdict, retryAfter: 0 },
    { ...verdict, retryAfter: 1_500 },
    { ...verdict, retryAfter: 1_500, exact: true },
  ])('[RE-9] that gives a complete verdict is believed: %o', (given) => {
    expect(judge(given)).toEqual({ got: given, told: [] });
  });

  test('[RE-9, ST-5] is believed in what belongs to a verdict, and in no more', () => {
    expect(judge({ ...verdict, secret: 'x', retryAfter: 1e300 }).got).toEqual({
      ...verdict,
      retryAfter: 2 ** 31 - 1,
    });
  });

  test.each([
    undefined,
    null,
    'server',
    7,
    () => verdict,
    ...Object.keys(verdict).map((key) => ({ ...verdict, [key]: undefined })),
    { ...verdict, kind: 'odd' },
    { ...verdict, retry: 'later' },
    { ...verdict, forceRefresh: 1 },
    { ...verdict, retryAfter: -1 },
    { ...verdict, retryAfter: Number.NaN },
    { ...verdict, retryAfter: '5' },
    { ...verdict, code: 4 },
    { ...verdict, message: null },
    { ...verdict, hint: {} },
  ])('[RE-9, LC-13] that gives anything else is reported, and the default serves: %o', (given) => {
    expect(judge(given)).toEqual({
      got: classifySocketIo(observed),
      told: ['classifier-invalid: `classify` returned no complete verdict'],
    });
  });

  test('[RE-9, LC-13] that throws is reported, and the default serves', () => {
    const problems = createProblems();
    expect(judgeSafely(boom, problems)(observed)).toEqual(classifySocketIo(observed));
    expect(problems.told).toEqual(['classifier-invalid: `classify` threw: Error: boom']);
  });
});

describe('a backoff', () => {
  const request = { attempt: 1, elapsed: 0, cause: { code: 'network', message: 'no', hint: '' } } as const;
  const ask = (given: unknown) => {
    const problems = createProblems();
    return { got: backOffSafely(() => given as number, problems)?.(request), told: problems.told };
  };

  test('[RE-3] that is not there stays away', () => {
    expect(backOffSafely(undefined, createProblems())).toBeUndefined();
  });

  test.each([0, 1, 250.5, Number.POSITIVE_INFINITY, 'give-up'])(
    '[RE-3] that gives %s is believed',
    (given) => {
      expect(ask(given)).toEqual({ got: given, told: [] });
    },
  );

  test.each([-1, Number.NaN, '5', null, undefined, {}])(
    '[RE-3, LC-13] that gives %s is reported',
    (given) => {
      expect(ask(given)).toEqual({
        got: undefined,
        told: ['backoff-invalid: `reconnect.backoff` returned neither ms nor "give-up"'],
      });
    },
  );

  test('[RE-3, LC-13] that throws is reported', () => {
    const problems = createProblems();
    expect(backOffSafely(boom, problems)?.(request)).toBeUndefined();
    expect(problems.told).toEqual(['backoff-invalid: `reconnect.backoff` threw: Error: boom']);
  });
});

describe('a random source', () => {
  test('of the host is taken as it is', () => {
    expect(drawSafely(Math.random, createProblems())).toBe(Math.random);
  });

  test.each([0, 0.5, 0.999])('[RE-1] that gives %s is believed', (given) => {
    const problems = createProblems();
    expect(drawSafely(() => given, problems)()).toBe(given);
    expect(problems.told).toEqual([]);
  });

  test.each([1, -0.1, Number.NaN, '0.5x', undefined])('[LC-13, CR-10] that gives %s is reported', (given) => {
    const problems = createProblems();
    const drawn = drawSafely(() => given as number, problems)();
    expect(drawn).toBeGreaterThanOrEqual(0);
    expect(drawn).toBeLessThan(1);
    expect(problems.told).toEqual(['bad-option: `random` gave no number in [0, 1)']);
  });

  test('[LC-13] that throws is reported', () => {
    const problems = createProblems();
    expect(drawSafely(boom, problems)()).toBeLessThan(1);
    expect(problems.told).toEqual(['`random` threw: Error: boom']);
  });
});
