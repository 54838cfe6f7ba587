import type { Observed } from '../../machines/verdict.ts';

/** What a link may see, in the words of people who run servers, and as the link reports it to the classifier. */
export interface Sighting {
  readonly seen: string;
  readonly observed: Observed;
}

const refusal = (message: string, data?: unknown): Observed => ({ during: 'refused', message, data });
const failed = (traits: Partial<Observed>): Observed => ({ during: 'failed', message: 'failed', ...traits });
const lost = (traits: Partial<Observed>): Observed => ({ during: 'lost', message: 'lost', ...traits });
const kick = 'io server disconnect';

/** One for every way the default classifier can go; a test holds it against the codes. */
export const sightings: readonly Sighting[] = [
  {
    seen: 'middleware refuses, `data.code` is `unauthorized`',
    observed: refusal('no', { code: 'unauthorized' }),
  },
  { seen: 'middleware refuses, `data.code` is `expired`', observed: refusal('no', { code: 'expired' }) },
  { seen: 'middleware refuses, `data.code` is `forbidden`', observed: refusal('no', { code: 'forbidden' }) },
  { seen: 'middleware refuses, `data.code` is `busy`', observed: refusal('no', { code: 'busy' }) },
  { seen: 'middleware refuses, `data.code` is `draining`', observed: refusal('no', { code: 'draining' }) },
  {
    seen: 'middleware refuses, another code with `data.retryAfter`',
    observed: refusal('no', { code: 'x', retryAfter: 5000 }),
  },
  { seen: 'middleware refuses, another code', observed: refusal('no', { code: 'x' }) },
  {
    seen: 'middleware refuses without data, the message speaks of authentication',
    observed: refusal('jwt expired'),
  },
  {
    seen: 'middleware refuses without data, the message says forbidden, banned or blocked',
    observed: refusal('user is banned'),
  },
  { seen: 'middleware refuses without data, any other message', observed: refusal('no') },
  { seen: 'the namespace does not exist', observed: refusal('Invalid namespace') },
  {
    seen: 'the server is Socket.IO 2',
    observed: failed({ message: 'It seems you are trying to reach a server in v2.x' }),
  },
  { seen: 'no answer within `handshakeTimeout`', observed: { during: 'timeout', message: 'no answer' } },
  { seen: 'HTTP 401 or 403', observed: failed({ status: 401 }) },
  {
    seen: 'HTTP 429 or 503, with or without `Retry-After`',
    observed: failed({ status: 503, retryAfter: 5000 }),
  },
  {
    seen: 'HTTP 400 with an Engine.IO code: transport, session or version',
    observed: failed({ status: 400, engineCode: 1 }),
  },
  { seen: 'any other HTTP status, a 400 without a code among them', observed: failed({ status: 404 }) },
  { seen: 'the TLS handshake fails', observed: failed({ systemCode: 'CERT_HAS_EXPIRED' }) },
  { seen: 'closed before the server accepted', observed: failed({ reason: 'transport close' }) },
  {
    seen: 'what answers is not Engine.IO, such as a page of HTML',
    observed: failed({ reason: 'parse error' }),
  },
  {
    seen: 'connection refused, name not found, any other network trouble',
    observed: failed({ systemCode: 'ECONNREFUSED' }),
  },
  { seen: 'BYE `superseded`', observed: lost({ reason: kick, bye: { code: 'superseded' } }) },
  { seen: 'BYE `expired`', observed: lost({ reason: kick, bye: { code: 'expired' } }) },
  { seen: 'BYE `unauthorized`', observed: lost({ reason: kick, bye: { code: 'unauthorized' } }) },
  { seen: 'BYE `forbidden`', observed: lost({ reason: kick, bye: { code: 'forbidden' } }) },
  {
    seen: 'BYE `draining`, or any other with `retryAfter`',
    observed: lost({ reason: kick, bye: { code: 'draining', retryAfter: 5000 } }),
  },
  { seen: 'BYE `busy`', observed: lost({ reason: kick, bye: { code: 'busy' } }) },
  { seen: 'the server disconnects without a word', observed: lost({ reason: kick }) },
  { seen: 'WebSocket close code 1009', observed: lost({ reason: 'transport close', closeCode: 1009 }) },
  { seen: 'pings stay away, or a probe has no answer', observed: lost({ reason: 'ping timeout' }) },
  { seen: 'a probe finds the connection in no room', observed: lost({ reason: 'ghost session' }) },
  { seen: 'the server sends what is not Socket.IO', observed: lost({ reason: 'parse error' }) },
  {
    seen: 'any other end of the link: restart, proxy, network',
    observed: lost({ reason: 'transport close' }),
  },
];
