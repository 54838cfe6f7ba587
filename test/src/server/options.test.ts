import { Server } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../../src/errors.ts';
import * as parts from '../../../src/server/index.ts';

const io = new Server();
const call = (part: string, options: unknown) => () =>
  (parts as unknown as Record<string, (io: Server, options: unknown) => unknown>)[part]?.(io, options);

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an option that has no meaning', () => {
  test.each<[part: string, options: unknown, names: string]>([
    ['drain', { over: -1 }, 'over'],
    ['drain', { over: Number.NaN }, 'over'],
    ['drain', { over: 2 ** 31 }, 'over'],
    ['drain', { over: '10s' }, 'over'],
    ['drain', { retryAfter: null }, 'retryAfter'],
    ['drain', { ackTimeout: Number.POSITIVE_INFINITY }, 'ackTimeout'],
    ['drain', 'SIGTERM', 'options of drain()'],
    ['drain', null, 'options of drain()'],
    ['admission', {}, 'rate'],
    ['admission', undefined, 'options of admission()'],
    ['admission', { rate: 0 }, 'rate'],
    ['admission', { rate: Number.POSITIVE_INFINITY }, 'rate'],
    ['admission', { rate: '200' }, 'rate'],
    ['admission', { rate: 5, burst: 0.5 }, 'burst'],
    ['admission', { rate: 5, longestWait: -1 }, 'longestWait'],
    ['admission', { rate: 5, key: 'ip' }, 'key'],
    ['duplicates', {}, 'policy'],
    ['duplicates', { policy: 'first' }, 'policy'],
    ['duplicates', { policy: 'newest', user: 'alice' }, 'user'],
    ['duplicates', { policy: 'oldest', retryAfter: 'soon' }, 'retryAfter'],
    ['instrument', { registry: {} }, 'registry'],
    ['instrument', { prefix: '1st_' }, 'prefix'],
    ['instrument', { prefix: 'a b' }, 'prefix'],
    ['instrument', { prefix: '' }, 'prefix'],
    ['health', { capacity: 0 }, 'capacity'],
    ['health', [], 'options of health()'],
    ['log', undefined, 'logger'],
    ['log', { info() {} }, 'logger'],
  ])('[ER-1, SV-5, SV-6] %s(io, %o) throws, names it and says what to do', (part, options, name) => {
    // `undefined` is left to the default where there is one.
    const error = errorOf(call(part, options)) as parts.ServerError;
    expect(error).toBeInstanceOf(parts.ServerError);
    expect(isHoldfastError(error)).toBe(true);
    expect(error.code).toBe('bad-option');
    expect(error.message).toContain(name);
    expect(error.hint).toContain(name);
  });

  test.each(['drain', 'admission', 'duplicates', 'instrument', 'health'])(
    '[ER-1] %s() throws for a name that it does not know, and tells those that it does',
    (part) => {
      const error = errorOf(call(part, { ovre: 5 })) as parts.ServerError;
      expect(error).toMatchObject({ code: 'unknown-option' });
      expect(error.message).toContain('ovre');
      expect(error.hint).toMatch(/`\w+`/);
    },
  );

  test('[ER-1, CR-12] is told of without what was given, which may be a secret', () => {
    const error = errorOf(call('admission', { rate: 'eyJ-secret' })) as Error;
    expect(`${error.message} ${(error as parts.ServerError).hint} ${error.stack}`).not.toContain(
      'eyJ-secret',
    );
  });

  test('[SV-5] leaves nothing behind: after it, nobody drains', () => {
    expect(call('drain', { over: -1 })).toThrow();
    const status: number[] = [];
    parts.health(io).ready(undefined, {
      writeHead(code: number) {
        status.push(code);
        return { end() {} };
      },
    });
    expect(status).toEqual([200]);
  });
});
