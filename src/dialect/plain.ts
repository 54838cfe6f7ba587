import { type Check, checkShape, fun } from '../check-shape.ts';
import type { Auth } from '../link/link.ts';
import { reservedEvents } from '../outbox/checks.ts';
import type { Call, Dialect } from './dialect.ts';
import { roomsIn } from './list-of-names.ts';

/** What `plain()` is told of a server that does not do as most do. Each is checked when `plain()` is called. */
export interface PlainOptions {
  /** Event by which the server says why it is about to close; payload `{ code, retryAfter? }`. Default `holdfast:bye`. */
  readonly bye?: string;
  /**
   * Key under which a queued message's id is written into its payload, for servers that deduplicate by it. Only into
   * payloads that are plain objects; what the payload has under that key is replaced. Default: the id stays here.
   */
  readonly idKey?: string;
  /**
   * Asks the server for a room, called after every connect for each wished room; gives what the server acknowledged,
   * `{ error }` being a refusal. Default: the event `room:join` with the room's name.
   */
  readonly join?: (room: string, call: Call) => Promise<unknown>;
  /** Gives a room up. Default: the event `room:leave` with the room's name. */
  readonly leave?: (room: string, call: Call) => Promise<unknown>;
  /**
   * Event by which the server is asked for a sign of life; any acknowledgement is one. With `{ rooms }` in it, the names
   * under which the rooms were asked for, a session that the server has lost out of its rooms is found and replaced
   * (RM-3). Only for an event that the server answers, at once: without an answer the link is given up. Default: any
   * server is asked, for a namespace that does not exist.
   *
   * @example
   * io.on('connection', (socket) => socket.on('probe', (answer) => answer({ rooms: [...socket.rooms] })));
   */
  readonly probe?: string;
  /**
   * Event by which the server takes a fresh credential on the open link, as `{ token, …more }` with an acknowledgement
   * (CR-9): `{ error }` is a refusal, judged as one of a handshake, anything else a yes, and `{ expiresIn }` in ms says
   * when the server will end the link. Default: credentials are not renewed on the open link.
   *
   * @example
   * io.on('connection', (socket) =>
   *   socket.on('renew', async ({ token }, answer) => answer(await verify(token) ? {} : { error: { code: 'unauthorized' } })));
   */
  readonly renew?: string;
}

/**
 * Any Socket.IO server, nothing asked of it. An acknowledgement whose first argument is an object with an `error`
 * is a refusal (`{ error, retryable: true }` may be tried again); anything else is the answer.
 *
 * @throws HoldfastError `bad-option` or `unknown-option`, naming the option.
 */
export function plain(options: PlainOptions = {}): Dialect {
  checkShape(options, checks, { owner: ' of plain()' });
  const {
    bye = 'holdfast:bye',
    idKey,
    join = (room, call) => call('room:join', room),
    leave = (room, call) => call('room:leave', room),
    probe,
    renew,
  } = options;
  return {
    readBye: (event, args) => (event === bye ? (args[0] ?? null) : undefined),
    readAnswer(answer) {
      // `{ error: null, … }` is how many servers write success.
      if (typeof answer !== 'object' || answer === null || !('error' in answer) || answer.error == null)
        return { ok: true, value: answer };
      return {
        ok: false,
        error: answer.error,
        retryable: 'retryable' in answer && answer.retryable === true,
      };
    },
    encode: ({ id, payload }) => [
      idKey !== undefined && isPlainObject(payload) ? { ...payload, [idKey]: id } : payload,
    ],
    join,
    leave,
    ...(probe !== undefined && { probe: async (call: Call) => roomsIn(await call(probe)) }),
    ...(renew !== undefined && { renew: (auth: Auth, call: Call) => call(renew, auth) }),
  };
}

const freeName: Check = {
  allowed: 'the name of an event that Socket.IO does not reserve',
  accepts: (value) => isName(value) && !reservedEvents.has(value),
};

const checks: Record<keyof PlainOptions, Check> = {
  bye: { allowed: 'the name of an event', accepts: isName },
  idKey: { allowed: 'the name of a key', accepts: isName },
  join: fun,
  leave: fun,
  probe: freeName,
  renew: freeName,
};

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Payloads in the outbox are copies: plain objects, arrays, bytes and single values. */
function isPlainObject(payload: unknown): payload is object {
  if (typeof payload !== 'object' || payload === null) return false;
  return Object.getPrototypeOf(payload) === Object.prototype;
}
