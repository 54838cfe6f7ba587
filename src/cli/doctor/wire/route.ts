import { isIP } from 'node:net';

/** Where every request of the doctor goes: one address that took a connection, so that all checks see the same server. */
export interface Route {
  readonly address: string;
  readonly port: number;
  /** As in the URL: for `Host` and for the certificate. */
  readonly hostname: string;
  readonly secure: boolean;
  /** Certificate authorities to trust, in PEM; none given, those of Node serve. */
  readonly ca?: readonly string[];
  /** How long one answer may take, ms. */
  readonly timeout: number;
  /** Aborted when the doctor is told to stop. */
  readonly signal: AbortSignal;
}

/** What `http.request` and `https.request` need to reach it. */
export function connectOptions({ address, port, hostname, secure, ca, signal }: Route) {
  return {
    host: address,
    port,
    // Every request on a connection of its own: a balancer then chooses anew, and nothing is left open.
    agent: false,
    signal,
    ...(secure && ca !== undefined && { ca: [...ca] }),
    ...(secure && isIP(hostname) === 0 && { servername: hostname }),
  } as const;
}

/** The `Host` header: without the port where it is the scheme's own. */
export function hostHeader({ hostname, port, secure }: Route): string {
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
  return port === (secure ? 443 : 80) ? host : `${host}:${port}`;
}
