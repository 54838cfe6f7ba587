import type { Namespace, Server, Socket } from 'socket.io';
import { withMethods } from './checks.ts';
import { badOption } from './errors.ts';
import { type Notice, namespaceOf, onNotice } from './notices.ts';
import { redactError } from './redact.ts';

/** What is used of a logger: pino has it, and so has anything like it. */
export interface Logger {
  /** What goes on all the time: a connection began or ended, a credential was renewed, a message came again. */
  debug(fields: object, message: string): void;
  /** What the server did: a refusal, a goodbye, a drain. */
  info(fields: object, message: string): void;
  /** A drain had to cut handlers short. */
  warn(fields: object, message: string): void;
  /** A function of yours threw. */
  error(fields: object, message: string): void;
}

/**
 * Tells a logger what goes on: connections and their ends (`debug`), what the server did (`info`), what a function of
 * yours threw (`error`), a drain that had to cut handlers short (`warn`). Fields are plain, each with `event`; no
 * credential is ever in them: what looks like a token in the message of an error is taken out.
 *
 * @throws ServerError `bad-option` when that is no logger.
 * @example
 * log(io, pino());
 */
export function log(io: Server | Namespace, logger: Logger): void {
  const check = withMethods('debug', 'info', 'warn', 'error');
  if (!check.accepts(logger)) throw badOption('logger', logger, check.allowed);
  const namespace = namespaceOf(io);
  const { name } = namespace;

  namespace.on('connection', (socket: Socket) => {
    const { id, recovered } = socket;
    const since = performance.now();
    say('debug', { event: 'connected', socket: id, recovered }, 'connected');
    socket.on('disconnect', (reason) => {
      const ms = Math.round(performance.now() - since);
      say('debug', { event: 'disconnected', socket: id, reason, ms }, 'disconnected');
    });
  });
  onNotice(namespace, (notice) => {
    const { kind, ...fields } = notice;
    say(levelOf(notice), { event: kind, ...fields, ...errorIn(notice) }, messages[kind]);
  });

  /** A logger that throws must not end the process: nobody else would catch it in a listener. */
  function say(level: keyof Logger, fields: object, message: string): void {
    try {
      logger[level]({ namespace: name, ...fields }, message);
    } catch {
      // There is nowhere to tell it.
    }
  }
}

const messages = {
  refused: 'a handshake was refused',
  bye: 'a connection was ended',
  renewed: 'a credential was renewed',
  deduplicated: 'a message came again',
  'caught-up': 'a client was handed what it missed',
  'bad-greeting': 'a greeting was not understood',
  draining: 'draining begins',
  drained: 'draining is over',
  failed: 'a function given to holdfast threw',
} as const satisfies Record<Notice['kind'], string>;

function levelOf(notice: Notice): keyof Logger {
  switch (notice.kind) {
    case 'failed':
      return 'error';
    case 'drained':
      return notice.cut > 0 ? 'warn' : 'info';
    case 'renewed':
    case 'deduplicated':
    case 'caught-up':
      return 'debug';
    default:
      return 'info';
  }
}

/** Of what was thrown, the name, the words and where: its other properties may hold what was presented. */
function errorIn(notice: Notice): { error: object } | undefined {
  if (notice.kind !== 'failed') return undefined;
  const { name, message, stack } = redactError(notice.error, '');
  return { error: { name, message, stack } };
}
