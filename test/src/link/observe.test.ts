import { describe, expect, test } from 'vitest';
import { observeDisconnect, observeError, secretsOf } from '../../../src/link/observe.ts';

const now = Date.parse('2030-01-01T00:00:00Z');
const failed = (error: unknown, secrets: readonly string[] = []) => observeError(error, false, secrets, now);
const refused = (error: unknown, secrets: readonly string[] = []) => observeError(error, true, secrets, now);
const lost = (reason: string, details?: unknown, secrets: readonly string[] = []) =>
  observeDisconnect('lost', reason, details, secrets, now);

/** Shaped like Engine.IO's TransportError. */
const transportError = (message: string, description?: unknown, context?: unknown) =>
  Object.assign(new Error(message), { type: 'TransportError', description, context });

const xhr = (body: string, headers: Record<string, string> = {}) => ({
  responseText: body,
  getResponseHeader: (name: string) => headers[name] ?? null,
});

describe('a refusal', () => {
  test('is its message and its data, as they are', () => {
    const data = { code: 'forbidden', more: [1, null] };
    expect(refused(Object.assign(new Error('no'), { data }))).toEqual({
      during: 'refused',
      message: 'no',
      data,
    });
    expect(refused(Object.assign(new Error('no'), { data: null }))).toEqual({
      during: 'refused',
      message: 'no',
      data: null,
    });
  });

  test.each([[new Error()], [undefined], [null], [{}], [7], [{ message: { a: 1 } }]])(
    'has words even if there are none: %j',
    (error) => {
      expect(refused(error)).toEqual({ during: 'refused', message: 'the server refused' });
    },
  );
});

describe('a failed attempt', () => {
  test('the status is a number over polling, and in the words of `ws`', () => {
    expect(failed(transportError('xhr poll error', 502, xhr('<html>')))).toEqual({
      during: 'failed',
      message: 'the server answered with HTTP 502',
      status: 502,
    });
    const upgrade = transportError('websocket error', { message: 'Unexpected server response: 301' });
    expect(failed(upgrade)).toMatchObject({ status: 301, message: 'the server answered with HTTP 301' });
  });

  test('a status of 0 is none: CORS, or no network', () => {
    expect(failed(transportError('xhr poll error', 0, xhr('')))).toEqual({
      during: 'failed',
      message: 'the HTTP request failed',
    });
  });

  test('Engine.IO explains itself in the body', () => {
    const error = transportError('xhr poll error', 400, xhr('{"code":1,"message":"Session ID unknown"}'));
    expect(failed(error)).toMatchObject({
      status: 400,
      engineCode: 1,
      message: 'the server answered with HTTP 400: Session ID unknown',
    });
  });

  test.each(['{', '{"code":"x"}', '{"code":1.5}', '[1]', 'null', ''])(
    'a body of %j explains nothing',
    (body) => {
      expect(failed(transportError('xhr poll error', 400, xhr(body)))).toEqual({
        during: 'failed',
        message: 'the server answered with HTTP 400',
        status: 400,
      });
    },
  );

  test.each([
    ['7', 7000],
    [' 0 ', 0],
    ['Tue, 01 Jan 2030 00:01:00 GMT', 60_000],
    ['Mon, 31 Dec 2029 23:59:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    ['-5', undefined],
  ])('[RE-2] Retry-After %j is %s ms', (header, wait) => {
    expect(failed(transportError('xhr poll error', 503, xhr('', { 'retry-after': header }))).retryAfter).toBe(
      wait,
    );
  });

  test('[RE-2] a date counts from the date of the answer', () => {
    const headers = { 'retry-after': 'Tue, 01 Jan 2030 10:00:09 GMT', date: 'Tue, 01 Jan 2030 10:00:00 GMT' };
    expect(failed(transportError('xhr poll error', 503, xhr('', headers))).retryAfter).toBe(9000);
  });

  test('the system’s code is found behind wrappers, and of several addresses', () => {
    const refusal = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    expect(failed(transportError('websocket error', { message: refusal.message, error: refusal }))).toEqual({
      during: 'failed',
      message: 'connect ECONNREFUSED 127.0.0.1:1',
      systemCode: 'ECONNREFUSED',
    });
    const several = new AggregateError([refusal]);
    expect(failed(transportError('websocket error', { message: '', error: several }))).toMatchObject({
      message: 'ECONNREFUSED',
      systemCode: 'ECONNREFUSED',
    });
    expect(failed(new Error('fetch failed', { cause: refusal })).systemCode).toBe('ECONNREFUSED');
    expect(failed(transportError('xhr poll error', 0, { statusText: refusal }))).toMatchObject({
      systemCode: 'ECONNREFUSED',
    });
  });

  test('a browser shows nothing of a WebSocket that failed', () => {
    expect(failed(transportError('websocket error', { isTrusted: true }))).toEqual({
      during: 'failed',
      message: 'the WebSocket could not be opened',
    });
  });

  test('what is not Engine.IO is told by Engine.IO’s own error', () => {
    expect(failed(Object.assign(new Error('server error'), { code: 'parser error' }))).toEqual({
      during: 'failed',
      message: 'what answered does not speak Engine.IO',
      reason: 'parse error',
    });
  });

  test.each([
    [undefined],
    [null],
    ['No transports available'],
    [{}],
    [Symbol('x')],
    [
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('trap');
          },
        },
      ),
    ],
  ])('whatever it is, it has words', (error) => {
    const { during, message } = failed(error);
    expect(during).toBe('failed');
    expect(message).not.toBe('');
  });

  test('errors that hold themselves end somewhere', () => {
    const loop: { error?: unknown; cause?: unknown } = {};
    loop.error = loop;
    loop.cause = loop;
    expect(failed(transportError('x', loop)).systemCode).toBeUndefined();
  });
});

describe('a loss', () => {
  test('is its reason, and the close code and words if there are any', () => {
    expect(lost('io server disconnect')).toEqual({
      during: 'lost',
      message: 'io server disconnect',
      reason: 'io server disconnect',
    });
    const details = {
      description: 'websocket connection closed',
      context: { code: 1013, reason: 'try again later' },
    };
    expect(lost('transport close', details)).toEqual({
      during: 'lost',
      message: 'transport close (1013, try again later)',
      reason: 'transport close',
      closeCode: 1013,
    });
  });

  test('over polling it is an error with a status', () => {
    expect(lost('transport error', transportError('xhr post error', 413, xhr('')))).toEqual({
      during: 'lost',
      message: 'transport error (the server answered with HTTP 413)',
      reason: 'transport error',
      status: 413,
    });
  });
});

describe('[CR-12] what comes back of a credential', () => {
  test('every string of `auth` is a secret, the longest first, and parts of it that stand alone', () => {
    const auth = {
      token: 'Bearer abcdefghijklmnopqrstuvwxyz',
      pin: '1234',
      id: 7,
      short: 'abc',
      deep: { room: 'general' },
    };
    expect(secretsOf(auth)).toEqual([
      'Bearer abcdefghijklmnopqrstuvwxyz',
      'abcdefghijklmnopqrstuvwxyz',
      '1234',
    ]);
  });

  test('the words that refusals are made of stay: a classifier reads them', () => {
    expect(secretsOf({ token: 'abcd-efgh', type: 'token', scheme: 'Bearer', as: 'guest' })).toEqual([
      'abcd-efgh',
    ]);
  });

  test('it is taken out of every text: messages, data, bodies, close reasons', () => {
    const secrets = secretsOf({ token: 'abcdefgh-secret' });
    expect(
      refused(
        Object.assign(new Error('bad abcdefgh-secret'), {
          data: { 'abcdefgh-secret': ['abcdefgh-secret!'] },
        }),
        secrets,
      ),
    ).toEqual({
      during: 'refused',
      message: 'bad [redacted]',
      data: { '[redacted]': ['[redacted]!'] },
    });
    const body = xhr('{"code":4,"message":"bad abcdefgh-secret"}');
    expect(failed(transportError('xhr poll error', 403, body), secrets).message).toBe(
      'the server answered with HTTP 403: bad [redacted]',
    );
    expect(
      lost('transport close', { context: { code: 4001, reason: 'abcdefgh-secret' } }, secrets).message,
    ).toBe('transport close (4001, [redacted])');
  });

  test('no query of a URL is shown, whatever is in it', () => {
    const message = 'cannot open wss://host:1/socket.io/?EIO=4&key=s3cr3t and https://other/x#s3cr3t, sorry';
    expect(failed(new Error(message)).message).toBe(
      'cannot open wss://host:1/socket.io/ and https://other/x sorry',
    );
  });

  test('long texts are cut after the credential was taken out of them, not through it', () => {
    const token = 'x'.repeat(100);
    const { message } = refused(
      new Error(`${'a'.repeat(290)}${token}${'b'.repeat(500)}`),
      secretsOf({ token }),
    );
    expect(message.length).toBeLessThanOrEqual(301);
    expect(message).not.toContain('x');
  });
});
