import { afterEach, describe, expect, test, vi } from 'vitest';
import { HoldfastError } from '../../../src/errors.ts';
import { readUrl } from '../../../src/link/url.ts';

afterEach(() => vi.unstubAllGlobals());

describe('a good URL', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com', '/'],
    ['http://localhost:3000/', 'http://localhost:3000', '/'],
    ['  https://api.example.com  ', 'https://api.example.com', '/'],
    ['https://api.example.com:443', 'https://api.example.com', '/'],
    ['http://[::1]:3000/admin', 'http://[::1]:3000', '/admin'],
    ['https://api.example.com/чат', 'https://api.example.com', '/чат'],
    ['https://api.example.com/50%', 'https://api.example.com', '/50%'],
    ['HTTPS://API.example.com/Admin', 'https://api.example.com', '/Admin'],
    ['ws://localhost:3000', 'ws://localhost:3000', '/'],
    ['wss://api.example.com/', 'wss://api.example.com', '/'],
    ['wss://api.example.com/socket.io/', 'wss://api.example.com', '/'],
    ['https://api.example.com/socket.io', 'https://api.example.com', '/'],
  ])('%s', (url, origin, namespace) => {
    expect(readUrl(url)).toEqual({ origin, namespace, query: {} });
  });

  test('keeps its query apart from the namespace', () => {
    expect(readUrl('https://api.example.com/admin?tenant=7&v=a%20b#top')).toEqual({
      origin: 'https://api.example.com',
      namespace: '/admin',
      query: { tenant: '7', v: 'a b' },
    });
  });

  test('may name the mount point, which is no namespace', () => {
    expect(readUrl('wss://api.example.com/realtime/', '/realtime').namespace).toBe('/');
    expect(readUrl('https://api.example.com/realtime', '/realtime/').namespace).toBe('/');
  });
});

describe('a relative URL', () => {
  test('belongs to the page in a browser', () => {
    vi.stubGlobal('location', { origin: 'https://app.example.com' });
    expect(readUrl('/')).toMatchObject({ origin: 'https://app.example.com', namespace: '/' });
    expect(readUrl('/admin?v=1')).toMatchObject({ origin: 'https://app.example.com', namespace: '/admin' });
    expect(readUrl('//api.example.com/admin')).toMatchObject({ origin: 'https://api.example.com' });
  });

  test('means nothing without a page', () => {
    expect(complaint('/admin')).toMatchObject({ message: expect.stringContaining('relative') });
  });

  test('means nothing on a page that has no origin', () => {
    vi.stubGlobal('location', { origin: 'null' });
    expect(complaint('/admin').code).toBe('bad-url');
  });

  test('is not what a forgotten scheme makes it', () => {
    vi.stubGlobal('location', { origin: 'https://app.example.com' });
    expect(complaint('api.example.com').hint).toContain('https://');
  });
});

describe('a bad URL is turned down with what to write instead', () => {
  test.each([
    ['nothing', undefined, 'string'],
    ['null', null, 'null'],
    ['a URL object', new URL('https://api.example.com'), 'type object'],
    ['an empty one', '', 'empty'],
    ['a blank one', '   ', 'empty'],
    ['no scheme', 'api.example.com', 'not a complete URL'],
    ['a port taken for a scheme', 'localhost:3000', 'scheme "localhost:"'],
    ['another scheme', 'ftp://api.example.com', 'scheme "ftp:"'],
    ['a script', 'javascript:alert(1)', 'scheme "javascript:"'],
    ['no host', 'https://', 'not a complete URL'],
    ['a plain WebSocket endpoint', 'wss://api.example.com/ws', '"/ws"'],
  ])('%s', (_, url, words) => {
    const error = complaint(url);
    expect(error.code).toBe('bad-url');
    expect(error.message).toContain(words);
    expect(error.hint).not.toBe('');
  });

  test('a plain WebSocket endpoint is told of `path` and of namespaces', () => {
    const { hint } = complaint('ws://api.example.com/ws');
    expect(hint).toContain('`path`');
    expect(hint).toContain('namespace');
    expect(hint).toContain('http://');
  });

  test('[CR-12] credentials in it are never echoed', () => {
    const error = complaint('https://alice:hunter2@api.example.com/admin?token=s3cr3t');
    expect(error.message + error.hint + String(error.stack?.split('\n')[0])).not.toMatch(
      /alice|hunter2|s3cr3t/,
    );
    expect(error.hint).toContain('`credential`');
    expect(complaint('alice:hunter2@api.example.com').message).not.toMatch(/alice|hunter2/);
    expect(complaint('wss://api.example.com/ws?token=s3cr3t').message).not.toContain('s3cr3t');
  });
});

function complaint(url: unknown): HoldfastError {
  try {
    readUrl(url);
  } catch (error) {
    if (error instanceof HoldfastError) return error;
    throw error;
  }
  throw new Error('the URL was taken');
}
