/** A failure as plain data: what the machine keeps and a trace can carry. The public `HoldfastError` is made of it. */
export interface Failure {
  /** Stable; see `docs/errors.md`. */
  readonly code: FailureCode;
  /** What happened, for people. Never holds a credential (CR-12). */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/**
 * What the link saw when an attempt or an open link ended, before anybody judged it.
 * Every field but `during` and `message` is there only where the transport showed it.
 */
export interface Observed {
  /**
   * `refused`: Socket.IO answered no (middleware, namespace). `failed`: no accepted link came of the attempt.
   * `lost`: an accepted link ended. `timeout`: the handshake deadline passed without an answer (RE-8).
   */
  readonly during: 'refused' | 'failed' | 'lost' | 'timeout';
  /** What the transport or the server said, for people; of a refusal, `err.message`. */
  readonly message: string;
  /**
   * Socket.IO's reason of a disconnect, such as `transport close` or `io server disconnect`. A probe without an answer
   * is a `ping timeout` too, and one that finds no rooms is a `ghost session` (EN-2, RM-3).
   */
  readonly reason?: string;
  /** `err.data` of a refusal. */
  readonly data?: unknown;
  /** HTTP status of the transport's answer. */
  readonly status?: number;
  /** `Retry-After` of the HTTP answer, in ms. */
  readonly retryAfter?: number;
  /** Engine.IO's own error code in the body of an HTTP 400 or 403: 0 transport, 1 session, 3 request, 4 forbidden, 5 protocol. */
  readonly engineCode?: number;
  /** Close code of the WebSocket, such as 1006 or 1009. */
  readonly closeCode?: number;
  /** The system's error code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  readonly systemCode?: string;
  /** The server's last word before it closed the link (RE-7): the payload of its BYE event. */
  readonly bye?: unknown;
}

/** What an observed end means, and what to do about it (RE-9). */
export interface Verdict extends Failure {
  /**
   * `credential`: the server does not take the credential. `forbidden`: nor any other of this user.
   * `superseded`: another link of the same user took over. `busy`: the server asks to come back later.
   * `server`, `network`, `protocol`: whose fault it is.
   */
  readonly kind: 'credential' | 'forbidden' | 'superseded' | 'busy' | 'server' | 'network' | 'protocol';
  /** `now` is honoured once after an accepted link and for a refused credential; everything else waits its turn. */
  readonly retry: 'now' | 'backoff' | 'never';
  /** Whether the next credential must be a fresh one. */
  readonly forceRefresh: boolean;
  /** Floor of the next delay in ms (RE-2), or `null`. */
  readonly retryAfter: number | null;
  /** `retryAfter` is a slot that the server reserved for this client alone: the wait is that time, without a spread (RE-2). */
  readonly exact?: boolean;
}

/** Judges what the link saw (RE-9). Pure; called once for each refused, failed or lost link. */
export type Classifier = (observed: Observed) => Verdict;

/** Every failure the core knows, with what to do about it. The docs' error page is made from this table. */
export const hints = {
  unauthorized: 'The server did not take the credential. Check that it is fresh and meant for this server.',
  expired:
    'The credential ran out while connected; a fresh one is fetched. Renew earlier if this is frequent.',
  forbidden:
    'The server will not let this user in. A new token cannot help: check permissions, or sign in as another user.',
  superseded: 'Another connection of this user took over. Call retry() to take it back.',
  kicked:
    'The server closed the connection without saying why. Let it send a BYE event with a code before it disconnects.',
  busy: 'The server asked to come back later. Nothing to do: the wait is honoured.',
  draining: 'The server is shutting down and asked to come back later. Nothing to do: the wait is honoured.',
  refused:
    'The middleware of the server refused without a known code. Give the error `data: { code }` on the server.',
  'invalid-namespace':
    'The server has no such namespace. Check the path of the URL: Socket.IO reads it as the namespace.',
  'handshake-timeout':
    'The server did not answer in time. Check that its middleware calls next() in every case.',
  'closed-during-handshake':
    'The link closed before the server accepted it. Check the middleware and any proxy between.',
  network:
    'The server could not be reached. Check the address, the network and whether the server is running.',
  tls: 'The TLS handshake failed. Check the certificate: its dates, its names and who signed it.',
  'http-status':
    'Something on the way answered with an HTTP error. Check the URL, the `path` option and any proxy.',
  'engine-protocol':
    'The server speaks Engine.IO but not to us. Check its Socket.IO version, and sticky sessions behind a balancer.',
  'message-too-big':
    'A message was larger than the server takes (`maxHttpBufferSize`). Send less at once, or raise the limit.',
  'ping-timeout':
    'The link went silent: the network dropped it, or the device slept. Nothing to do: a new attempt follows.',
  'ghost-session':
    'The server answered, but had lost the connection from its rooms, as it may after recovering a session twice. Nothing to do: a fresh session follows.',
  suspended:
    'The browser put the page away (back/forward cache). Nothing to do: an attempt follows when it returns.',
  'parse-error':
    'The other side sent what is not Socket.IO. Check that the server and any proxy speak version 4.',
  'transport-closed': 'The link was cut. Nothing to do: a new attempt follows.',
  'server-version':
    'The server speaks Socket.IO 2. Upgrade it to version 4, or allow old clients there with `allowEIO3`.',
  'credential-refused':
    'The credential provider says that there is nobody signed in. Sign in, then call connect().',
  'credential-unavailable':
    'The credential provider failed. Check the token endpoint; a new attempt follows.',
  'credential-timeout':
    'The credential provider did not answer in time. Check the token endpoint, or raise `credentialTimeout`.',
  'credential-invalid':
    'What the credential provider gave cannot be used. Return a non-empty string, { token } or null from it.',
  'credential-storm':
    'credentialChanged() was called again and again during one attempt. Do not call it from the credential provider, nor from what that triggers.',
  'rooms-unanswered':
    'The server did not acknowledge a request for a room. Check that its handler calls the acknowledgement. It is asked again by itself, after pauses that grow; `join()` asks at once.',
  'sync-failed':
    '`sync` failed or took too long. Check what it asks; `retry()` asks again, and so does the next connection.',
  'sync-invalid': '`sync` gave what is no message. Give items `{ event, payload }` from it.',
  'sync-incomplete':
    'More was missed than can be held at once. Reload what is shown, or give less from `sync` at a time.',
  'cursor-unknown': 'The server no longer knows from where to catch up. Load everything anew.',
  'renewal-unanswered':
    'The server gave no usable answer to a fresh credential. Check that it acknowledges renewals with `{ expiresIn }` in ms, `{}` or `{ error }`.',
  'renewal-in-vain':
    'The fresh credential is as short-lived as the one before, and is not renewed. Give `expiresIn` in ms, or make `renew.leadTime` smaller.',
  'reserved-auth-key':
    'Socket.IO needs the keys `pid` and `offset` for connection state recovery, `holdfast()` needs `holdfast`. Rename them in the credential.',
} as const;

/** Codes of failures of the connection, stable; `docs/errors.md` has each with cause and cure. */
export type FailureCode = keyof typeof hints;

/** A failure with the hint that belongs to its code. */
export function failure(code: FailureCode, message: string): Failure {
  return { code, message, hint: hints[code] };
}

/**
 * The default classifier: one pure, total function from what was observed to what happens next (RE-9).
 * The rows follow what was measured of Socket.IO 4 (docs/decisions/0003-classification.md).
 */
export function classifySocketIo(observed: Observed): Verdict {
  switch (observed.during) {
    case 'refused':
      return classifyRefusal(observed);
    case 'timeout':
      return transient('server', 'handshake-timeout', observed);
    case 'lost':
      return classifyLoss(observed);
    // `failed`, and whatever a link of somebody else's calls it.
    default:
      return classifyFailedAttempt(observed);
  }
}

function classifyRefusal(observed: Observed): Verdict {
  const { code, retryAfter, exact } = readWord(observed.data);
  if (code === 'unauthorized' || code === 'expired') return credential(code, observed);
  if (code === 'forbidden') return forbidden(observed);
  if (code === 'draining' || code === 'busy' || retryAfter !== null) {
    const verdict = transient('busy', code === 'draining' ? 'draining' : 'busy', observed);
    return { ...verdict, retryAfter, ...(exact && { exact }) };
  }
  if (code !== null) return transient('server', 'refused', observed);
  return classifyWords(observed);
}

/** Refusals without data, the most common kind in the wild: the words of the message are all there is. */
function classifyWords(observed: Observed): Verdict {
  const message = textOf(observed.message);
  if (message === 'Invalid namespace') return transient('protocol', 'invalid-namespace', observed);
  if (/\bv2\.x\b/.test(message)) return transient('protocol', 'server-version', observed);
  // Words of authentication win over words of permission: one refresh too many is cheaper than a false logout.
  if (/auth|token|jwt|credential|session expired|\blog-?\s?in|\brejected\b/i.test(message)) {
    return credential('unauthorized', observed);
  }
  if (/forbidden|banned|blocked/i.test(message)) return forbidden(observed);
  return transient('server', 'refused', observed);
}

function classifyFailedAttempt(observed: Observed): Verdict {
  const { status, engineCode, closeCode, reason } = observed;
  const message = textOf(observed.message);
  const retryAfter = boundedWait(observed.retryAfter);
  // 400 is no word about the credential: Engine.IO says it for a bad transport, session or version as well.
  if (status === 401 || status === 403) return credential('unauthorized', observed);
  if (status === 429 || status === 503) return { ...transient('busy', 'busy', observed), retryAfter };
  if (isProtocol(engineCode)) return transient('protocol', 'engine-protocol', observed);
  if (status !== undefined) return { ...transient('server', 'http-status', observed), retryAfter };
  if (/\bv2\.x\b/.test(message)) return transient('protocol', 'server-version', observed);
  if (isTls(textOf(observed.systemCode))) return transient('network', 'tls', observed);
  if (closeCode === 1009) return transient('protocol', 'message-too-big', observed);
  if (reason !== undefined) return classifyWordless(reason, observed, 'closed-during-handshake');
  return transient('network', 'network', observed);
}

function classifyLoss(observed: Observed): Verdict {
  const { code, retryAfter } = readWord(observed.bye);
  if (code === 'superseded') {
    return { ...transient('superseded', 'superseded', observed), retry: 'never' };
  }
  if (code === 'expired' || code === 'unauthorized') return credential(code, observed);
  if (code === 'forbidden') return forbidden(observed);
  if (code === 'draining' || code === 'busy' || retryAfter !== null) {
    return { ...transient('busy', code === 'busy' ? 'busy' : 'draining', observed), retryAfter };
  }
  if (observed.reason === 'io server disconnect') {
    return { ...transient('server', 'kicked', observed), forceRefresh: true };
  }
  if (observed.reason === 'ghost session') {
    return { ...transient('server', 'ghost-session', observed), retry: 'now' };
  }
  // Over polling, every request of an accepted link is answered by itself: with a status instead of a close code.
  const { closeCode, status, engineCode } = observed;
  if (closeCode === 1009 || status === 413) return transient('protocol', 'message-too-big', observed);
  if (status === 429 || status === 503) {
    return { ...transient('busy', 'busy', observed), retryAfter: boundedWait(observed.retryAfter) };
  }
  if (isProtocol(engineCode)) return transient('protocol', 'engine-protocol', observed);
  return classifyWordless(observed.reason ?? '', observed, 'transport-closed');
}

/** Engine.IO's words for a request that it does not understand; 4 is the app's own no. */
function isProtocol(engineCode: number | undefined): boolean {
  return engineCode === 0 || engineCode === 1 || engineCode === 3 || engineCode === 5;
}

function classifyWordless(reason: string, observed: Observed, otherwise: FailureCode): Verdict {
  if (reason === 'ping timeout') return transient('network', 'ping-timeout', observed);
  if (reason === 'parse error') return transient('protocol', 'parse-error', observed);
  return transient('network', otherwise, observed);
}

function credential(code: 'unauthorized' | 'expired', observed: Observed): Verdict {
  return verdict('credential', 'now', code, observed, { forceRefresh: true });
}

function forbidden(observed: Observed): Verdict {
  return verdict('forbidden', 'never', 'forbidden', observed);
}

/** A credential was handed over on the open link, and nothing came back that could be judged (CR-9). */
export function unanswered(message: string): Verdict {
  return transient('server', 'renewal-unanswered', { during: 'timeout', message });
}

function transient(kind: Verdict['kind'], code: FailureCode, observed: Observed): Verdict {
  return verdict(kind, 'backoff', code, observed);
}

function verdict(
  kind: Verdict['kind'],
  retry: Verdict['retry'],
  code: FailureCode,
  observed: Observed,
  { forceRefresh = false, retryAfter = null as number | null } = {},
): Verdict {
  return { kind, retry, forceRefresh, retryAfter, ...failure(code, textOf(observed.message)) };
}

function isTls(systemCode: string): boolean {
  return /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO/.test(systemCode);
}

/** Reads `{ code, retryAfter, exact }` or `{ retryAfterMs }` out of whatever the server sent; junk reads as nothing said. */
function readWord(said: unknown): { code: string | null; retryAfter: number | null; exact?: boolean } {
  try {
    const { code, retryAfter, retryAfterMs, exact } = said as Record<string, unknown>;
    return {
      code: typeof code === 'string' ? code : null,
      retryAfter: boundedWait(retryAfter) ?? boundedWait(retryAfterMs),
      exact: exact === true,
    };
  } catch {
    return { code: null, retryAfter: null };
  }
}

function textOf(said: unknown): string {
  return typeof said === 'string' ? said : '';
}

function boundedWait(ms: unknown): number | null {
  return typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 ? ms : null;
}
