import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from this machine's own browser, asking for this very page. The port is bound to loopback, but
 * any web page may send a browser there: by a form or a frame (`Sec-Fetch-Site`, `Origin`), or under a name of its own
 * that it lets point to 127.0.0.1 (`Host`).
 */
export function isWelcome({ headers }: Pick<IncomingMessage, 'headers'>, port: number): boolean {
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${port}`);
  if (headers.host === undefined || !hosts.includes(headers.host)) return false;
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
