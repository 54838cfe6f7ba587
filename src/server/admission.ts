import type { Namespace, Server, Socket } from 'socket.io';
import { atLeast1, callback, checkOptions, duration, positive } from './checks.ts';
import { namespaceOf, tell } from './notices.ts';
import { refused } from './refused.ts';
import { Slots } from './slots.ts';

/** Keys are kept until their slot: what a stranger gives as one must not be large. */
const longestKey = 200;

/** How many handshakes `admission` lets in. */
export interface AdmissionOptions {
  /** Handshakes per second that this server takes. */
  readonly rate: number;
  /**
   * How many it takes at one moment after a quiet time; also how uneven the network and this process may be before a
   * slot is lost. Default: a quarter of a second's worth, at least 1.
   */
  readonly burst?: number;
  /**
   * The farthest slot that is given, in ms. Default 120,000. Whoever would come later is told a time between half of
   * this and this, spread by chance, and gets no slot yet.
   */
  readonly longestWait?: number;
  /**
   * Tells clients apart, before they are authenticated: one that comes before its slot is then told what is left of it
   * and keeps its place. Default: nobody is told apart, and who comes early is given the next free slot. Called for
   * every handshake; if it throws, or gives no string of at most 200 characters, the client is one without a key.
   */
  readonly key?: (socket: Socket) => string | undefined;
}

/**
 * Lets in as many handshakes a second as this server takes. The surplus is refused with `busy` and a slot of its own
 * each, before any middleware that comes after: a herd is back in about clients ÷ rate, and never comes all at once
 * (SV-5). Call it before `authenticate()` and other middlewares that cost something.
 *
 * Recovered sessions pass by unless `connectionStateRecovery.skipMiddlewares` is `false`.
 *
 * @throws ServerError `bad-option` or `unknown-option`.
 * @example
 * admission(io, { rate: 200 });
 */
export function admission(io: Server | Namespace, options: AdmissionOptions): void {
  checkOptions('admission()', options, {
    rate: { ...positive, required: true },
    burst: atLeast1,
    longestWait: duration,
    key: callback,
  });
  const { rate, burst = Math.max(1, rate / 4), longestWait = 120_000, key } = options;
  const namespace = namespaceOf(io);
  const slots = new Slots({ rate, burst, longestWait }, performance.now());
  const keyOf = (socket: Socket) => {
    try {
      const given = key?.(socket);
      return typeof given === 'string' && given.length <= longestKey ? given : undefined;
    } catch (error) {
      tell(namespace, { kind: 'failed', where: 'key of admission()', error });
      return undefined;
    }
  };
  namespace.use((socket, next) => {
    const answer = slots.ask(performance.now(), Math.random(), keyOf(socket));
    if (answer === null) return next();
    const { retryAfter, exact } = answer;
    next(
      refused(
        namespace,
        { code: 'busy', retryAfter: Math.ceil(retryAfter), ...(exact && { exact }) },
        'too many handshakes at once',
      ),
    );
  });
}
