import { isHoldfastError } from '../../../errors.ts';
import { readUrl } from '../../../link/url.ts';
import { type Check, type Finding, fault, ok, warning } from '../check.ts';
import type { Settings } from '../settings.ts';
import type { Target } from '../target.ts';

/** The address as Socket.IO reads it, and the mistakes that people make in it. */
export const url: Check = {
  id: 'url',
  asks: 'Is the URL one that Socket.IO can use: scheme, host, port, path, namespace?',
  needs: [],
  gives: ['target'],
  run: (_, { settings, quote }) => judge(settings, quote),
};

function judge(settings: Settings, quote: (said: string) => string): Finding {
  const written = settings.url.trim();
  // What is behind a question mark may be a credential.
  const said = quote(written.replace(/[?#].*$/s, ''));
  const schemeless = /^(localhost|[\w-]+(\.[\w-]+)+|\[[\da-f:]+\]|\d+(\.\d+){3})(:\d+)?([/?].*)?$/i;
  if (schemeless.test(written))
    return fault('url-no-scheme', `"${said}" has no scheme`, {
      cure: `Write http://${said}, or https:// if it is encrypted.`,
    });
  let parsed: URL;
  try {
    parsed = new URL(written);
  } catch {
    return fault('url-invalid', 'this is not a complete URL');
  }
  if (!/^(https?|wss?):$/.test(parsed.protocol)) {
    // `user:password@host` reads as the scheme `user:`.
    const scheme = parsed.href.includes('@') ? 'in front of it' : `"${quote(parsed.protocol)}"`;
    return fault('url-scheme', `the scheme ${scheme} is not one of http, https, ws, wss`);
  }
  const hasCredentials = parsed.username !== '' || parsed.password !== '';
  parsed.username = '';
  parsed.password = '';
  try {
    const target = targetOf(parsed, settings);
    const gives = { target };
    if (hasCredentials)
      return fault('url-credentials', 'the URL has a user name or a password in it', { gives });
    return remarkOn(parsed, target, settings) ?? ok(describe(target), { gives });
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const code = parsed.protocol.startsWith('ws') ? 'url-websocket-path' : 'url-invalid';
    return fault(code, quote(error.message));
  }
}

function targetOf(parsed: URL, { path: given, namespace: wanted }: Settings): Target {
  const path = `/${(given ?? '/socket.io').replace(/^\/+|\/+$/g, '')}/`.replace('//', '/');
  const read = readUrl(parsed.href, path);
  const secure = /^(https|wss):$/.test(parsed.protocol);
  const hostname = parsed.hostname.replace(/^\[|\]$/g, '');
  const port = Number(parsed.port || (secure ? 443 : 80));
  const origin = `${secure ? 'https' : 'http'}://${parsed.host}`;
  const namespace = wanted ?? read.namespace;
  const shown = `${parsed.protocol}//${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`;
  const search = new URLSearchParams(read.query).toString();
  const asked = search === '' ? path : `${path}?${search}`;
  const { query } = read;
  return { shown, origin, hostname, port, secure, path, asked, query, namespace, urlPath: parsed.pathname };
}

function remarkOn(parsed: URL, target: Target, settings: Settings): Finding | undefined {
  const gives = { target };
  const isMount = target.urlPath !== '/' && target.namespace === '/' && settings.namespace === null;
  if (isMount)
    return warning('url-mount', `${target.urlPath} in the URL is the mount point, not a namespace`, {
      gives,
      cure: `Write ${target.origin}${settings.path === null ? '' : ` and the option path: "${target.path.slice(0, -1)}"`}: socket.io-client reads a path in the URL as a namespace.`,
    });
  if (parsed.protocol.startsWith('ws')) return warning('url-websocket', describe(target), { gives });
  return undefined;
}

function describe({ origin, path, namespace }: Target): string {
  return `${origin}, path ${path}, namespace ${namespace}`;
}
