import { describe, expect, test } from 'vitest';
import { HoldfastError } from '../../../src/errors.ts';
import { socketIo } from '../../../src/link/socket-io.ts';
import { checkSocketIoOptions, type SocketIoOptions } from '../../../src/link/socket-io-options.ts';

describe('the options of socketIo()', () => {
  test('are copied, and what is undefined is not given', () => {
    const options: SocketIoOptions = {
      path: '/realtime',
      transports: ['websocket', 'polling'],
      query: { v: '1' },
    };
    expect(checkSocketIoOptions(options)).toEqual(options);
    expect(checkSocketIoOptions(options)).not.toBe(options);
    expect(Object.keys(checkSocketIoOptions({ path: undefined }))).toEqual([]);
    expect(checkSocketIoOptions(undefined)).toEqual({});
  });

  test.each([
    ['auth', '`credential`'],
    ['autoConnect', 'connect()'],
    ['reconnection', '`reconnect`'],
    ['reconnectionAttempts', 'maxAttempts'],
    ['reconnectionDelay', 'first'],
    ['reconnectionDelayMax', 'cap'],
    ['randomizationFactor', 'jitter'],
    ['timeout', '`handshakeTimeout`'],
    ['retries', 'send()'],
    ['ackTimeout', 'ackTimeout'],
    ['forceNew', 'identity'],
    ['multiplex', 'identity'],
    ['closeOnBeforeunload', '`signals`'],
    ['transportImplementations', '`transports`'],
    ['hostname', 'URL'],
    ['secure', 'https://'],
  ])('%s is holdfast’s, and the hint says where it belongs', (name, belongs) => {
    const error = complaint({ [name]: true });
    expect(error.code).toBe('bad-option');
    expect(error.message).toContain(`\`${name}\``);
    expect(error.hint).toContain(belongs);
  });

  test('an unknown one names the nearest', () => {
    expect(complaint({ transport: ['websocket'] })).toMatchObject({
      code: 'unknown-option',
      hint: 'Did you mean `transports`?',
    });
    expect(complaint({ extraHeader: {} }).hint).toContain('extraHeaders');
    expect(complaint({ zzz: 1 }).hint).toContain('path, addTrailingSlash');
  });

  test.each([
    [{ transports: [] }, 'at least one'],
    [{ transports: 'websocket' }, 'list'],
    [{ transports: ['websockets'] }, '"websockets"'],
    [{ transports: ['websocket', class {}] }, 'type function'],
    [{ path: 'realtime' }, '`path`'],
    [{ path: 7 }, '`path`'],
  ])('%j is turned down', (options, words) => {
    expect(complaint(options)).toMatchObject({ code: 'bad-option', message: expect.stringContaining(words) });
  });

  test.each([null, 7, 'x', [], () => {}])('%j is no object of options', (options) => {
    expect(complaint(options).code).toBe('bad-option');
  });

  test('a misspelled transport names the nearest', () => {
    expect(complaint({ transports: ['web-socket'] }).hint).toBe('Did you mean `websocket`?');
  });

  test('[CR-12] no value is ever echoed', () => {
    expect(JSON.stringify(complaint({ auth: { token: 's3cr3t' } }))).not.toContain('s3cr3t');
  });

  test('everything is thrown by socketIo() itself, before any link is opened', () => {
    expect(() => socketIo('https://api.example.com', { timeout: 1 } as SocketIoOptions)).toThrow(
      HoldfastError,
    );
    expect(() => socketIo('wss://api.example.com/ws')).toThrow(HoldfastError);
    expect(() => socketIo('wss://api.example.com/ws', { path: '/ws' })).not.toThrow();
  });
});

function complaint(options: unknown): HoldfastError {
  try {
    checkSocketIoOptions(options);
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('the options were taken');
}
