import { HoldfastError } from '../errors.ts';

/** An address taken apart the way Socket.IO reads it. */
export interface Address {
  /** `https://host:port`, with nothing after it. */
  readonly origin: string;
  /** Socket.IO reads the path of the URL as the namespace. */
  readonly namespace: string;
  readonly query: Readonly<Record<string, string>>;
}

/**
 * Reads the address of a Socket.IO server, or throws `bad-url` saying what to write instead. A relative address is
 * one of the page's own origin, so it works in browsers only. No error shows more of the URL than its scheme and path:
 * what else is in it may be a credential (CR-12).
 */
export function readUrl(url: unknown, mount = '/socket.io'): Address {
  if (typeof url !== 'string') throw bad(`the URL must be a string, not ${kindOf(url)}`);
  if (url.trim() === '') throw bad('the URL is empty');
  const parsed = parse(url.trim());
  if (!/^(https?|wss?):$/.test(parsed.protocol)) {
    // `user:password@host` reads as the scheme `user:`.
    const scheme = parsed.href.includes('@') ? 'in front of it' : JSON.stringify(parsed.protocol);
    throw bad(`the scheme ${scheme} is not one that Socket.IO speaks`, absoluteHint);
  }
  if (parsed.username !== '' || parsed.password !== '') {
    throw bad(
      'the URL holds a user name or password',
      'Take them out of the URL: they would end up in logs. Give the credential to the `credential` option.',
    );
  }
  const namespace = isMount(parsed.pathname, mount) ? '/' : decoded(parsed.pathname);
  if (parsed.protocol.startsWith('ws') && namespace !== '/') {
    throw bad(
      `the path ${JSON.stringify(namespace)} of a ${parsed.protocol}// URL looks like a plain WebSocket endpoint`,
      'Socket.IO reads the path of the URL as a namespace. Put the mount point of the server into the option `path`; ' +
        'if you do mean a namespace, write the URL with http:// or https://.',
    );
  }
  return {
    origin: `${parsed.protocol}//${parsed.host}`,
    namespace,
    query: parsed.search === '' ? noQuery : Object.fromEntries(parsed.searchParams),
  };
}

/** One for all addresses without any. */
const noQuery: Address['query'] = {};

const absoluteHint = 'Write the whole address, such as https://api.example.com.';

function parse(url: string): URL {
  const here = pageOrigin();
  try {
    // Only a leading slash is relative: `api.example.com` means a host to people and a file to browsers.
    return url.startsWith('/') && here !== undefined ? new URL(url, here) : new URL(url);
  } catch {
    if (!url.startsWith('/')) throw bad('this is not a complete URL', absoluteHint);
    throw bad(
      'there is no page that a relative URL could belong to',
      'Outside of a browser, write the whole address, such as https://api.example.com.',
    );
  }
}

/** The page's origin. Pages without one (`about:blank`, `file:`) have nothing to be relative to. */
function pageOrigin(): string | undefined {
  const { location } = globalThis as { readonly location?: { readonly origin?: unknown } };
  const origin = location?.origin;
  return typeof origin === 'string' && /^https?:/.test(origin) ? origin : undefined;
}

/** The place where the server is mounted is no namespace; people copy it from the network tab. */
function isMount(pathname: string, mount: string): boolean {
  const path = withoutSlash(pathname);
  return path === '' || path === '/socket.io' || path === withoutSlash(mount);
}

function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}

/** Namespaces are compared as text on the server: `/чат` must not arrive percent-encoded. */
function decoded(pathname: string): string {
  try {
    return decodeURI(pathname);
  } catch {
    return pathname;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function bad(message: string, hint?: string): HoldfastError {
  return new HoldfastError('bad-url', message, hint === undefined ? {} : { hint });
}
