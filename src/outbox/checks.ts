import { HoldfastError } from '../errors.ts';
import type { SendOptions } from './delivery.ts';

/** As much waits as may: the message was not accepted, and nothing was dropped (OB-5). */
export class OutboxFull extends HoldfastError {
  override readonly name = 'OutboxFull';
  /** Messages that wait. */
  readonly items: number;
  /** Payload bytes of these, about. */
  readonly bytes: number;

  constructor(items: number, bytes: number, capacity: { readonly items: number; readonly bytes: number }) {
    super(
      'outbox-full',
      `the outbox is full: ${items} of ${capacity.items} items and ${bytes} of ${capacity.bytes} bytes wait`,
    );
    this.items = items;
    this.bytes = bytes;
  }
}

/** Names that Socket.IO keeps for itself: emitting one throws. */
export const reservedEvents: ReadonlySet<unknown> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** Throws a `HoldfastError` `bad-argument` that names what is wrong. */
export function checkSend(event: unknown, options: SendOptions | undefined): void {
  if (typeof event !== 'string' || event === '') throw bad('`event` is not a non-empty string');
  if (reservedEvents.has(event)) throw bad(`the event "${event}" is Socket.IO's own`);
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) throw bad('`options` is not an object');
  const { ttl, once } = options;
  if (once !== undefined && typeof once !== 'boolean') throw bad('`once` is neither true nor false');
  if (ttl !== undefined && !(typeof ttl === 'number' && ttl >= 0))
    throw bad('`ttl` is not a number of ms, 0 or more');
}

function bad(message: string): HoldfastError {
  return new HoldfastError('bad-argument', message);
}

export function tooLarge(bytes: number, most: number): HoldfastError {
  return new HoldfastError('payload-too-large', `the payload takes ${bytes} bytes; ${most} is the most`);
}
