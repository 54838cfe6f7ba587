import type { Namespace, Server, Socket } from 'socket.io';
import { countAcknowledgements } from './acknowledgements.ts';
import { sayBye } from './bye.ts';
import { checkOptions, duration } from './checks.ts';
import { type Drained, type Farewell, farewell } from './farewell.ts';
import { namespaceOf, tell } from './notices.ts';
import { refused } from './refused.ts';

/** How long a drain may take. */
export interface DrainOptions {
  /** The time over which the goodbyes are spread, in ms. Default 10,000. */
  readonly over?: number;
  /** What clients are told to wait before they come back, in ms; each adds a spread of its own. Default 1,000. */
  readonly retryAfter?: number;
  /**
   * The longest that one link is kept open for acknowledgements in progress, in ms from its turn. Default 5,000. A
   * handler that never acknowledges costs this much.
   */
  readonly ackTimeout?: number;
}

/**
 * Sends everybody away, a few at a time, so that the servers that stay meet no stampede (SV-5): each link gets a BYE
 * `draining` and its end, after the acknowledgements that its handlers owe. Newcomers are refused with `draining`.
 * Resolves when all are gone; `close()` ends the server itself.
 *
 * Called again, the promise is the same, and times that are shorter than what is left take their place: a second
 * SIGTERM may hurry.
 *
 * A server stands for its main namespace; call it for each namespace that there is.
 *
 * @throws ServerError `bad-option` or `unknown-option`.
 * @example
 * drainable(io);
 * process.once('SIGTERM', async () => {
 *   await drain(io, { over: 10_000 });
 *   await close(io);
 * });
 */
export function drain(io: Server | Namespace, options: DrainOptions = {}): Promise<Drained> {
  checkOptions('drain()', options, { over: duration, retryAfter: duration, ackTimeout: duration });
  const { over = 10_000, retryAfter = 1_000, ackTimeout = 5_000 } = options;
  const namespace = namespaceOf(io);
  drainable(namespace);
  const begun = drains.get(namespace);
  if (begun) {
    begun.shorten({ over, ackTimeout });
    return begun.done;
  }
  const sockets = [...namespace.sockets.values()];
  const word: Word = { code: 'draining', retryAfter };
  const begins = farewell(sockets, { over, ackTimeout, bye: word });
  drains.set(namespace, { ...begins, word });
  tell(namespace, { kind: 'draining', sockets: sockets.length });
  void begins.done.then((drained) => tell(namespace, { kind: 'drained', ...drained }));
  return begins.done;
}

/**
 * Prepares for a `drain()` later: from now on, acknowledgements in progress are known, and newcomers will be refused
 * before any middleware that comes after this. Called at the start; without it, a drain waits only for acknowledgements
 * of what came after it began, and refuses after the other middlewares.
 */
export function drainable(io: Server | Namespace): void {
  const namespace = namespaceOf(io);
  if (prepared.has(namespace)) return;
  prepared.add(namespace);
  countAcknowledgements(namespace);
  namespace.use((_, next) => {
    const word = drains.get(namespace)?.word;
    next(word && refused(namespace, word, 'the server is shutting down'));
  });
  // Some come past the middleware: recovered sessions, and whoever was in the middle of it when the drain began.
  namespace.on('connection', (socket: Socket) => {
    const word = drains.get(namespace)?.word;
    if (word) sayBye(socket, word);
  });
}

/** Whether a drain has begun; it never ends. */
export function isDraining(io: Server | Namespace): boolean {
  return drains.has(namespaceOf(io));
}

/** To those who are sent away, and to those who come. */
interface Word {
  readonly code: 'draining';
  readonly retryAfter: number;
}

const prepared = new WeakSet<Namespace>();
const drains = new WeakMap<Namespace, Farewell & { readonly word: Word }>();
