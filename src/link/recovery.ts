import type { Observed } from '../../machines/verdict.ts';

/**
 * What the link knows of Socket.IO's connection state recovery: when the server offers it, which events carry its
 * mark, and when a session must not be asked for again. Socket.IO's own client would always ask.
 */
export class Recovery {
  /** The server numbers its events: it said so in its answer to CONNECT. */
  #offered = false;
  #recovered = false;
  /** The offset that Socket.IO holds belongs to this link, rather than to one before. */
  #placed = false;
  #forget = false;

  /** The answer to CONNECT, before anything that follows from it. */
  answered(data: unknown): void {
    this.#offered = isOffer(data);
  }

  opened(recovered: boolean): void {
    this.#recovered = recovered;
    this.#placed = recovered;
    this.#forget = false;
  }

  /**
   * An open link ended. A session that was recovered once stays behind on the server with the default adapter: asked
   * for again while the server has not noticed the loss, or after a goodbye, it comes back as a ghost, in no room
   * (socketio/socket.io#4880). And an offset of an older link would replay what was missed before.
   */
  ended(how: Observed | { readonly keepSession: boolean }): void {
    const noticed = 'during' in how ? how.reason !== 'ping timeout' : !this.#recovered;
    const farewell = 'during' in how ? how.reason === 'io server disconnect' : !how.keepSession;
    this.#forget = farewell || !this.#placed || (this.#recovered && !noticed);
  }

  /** What goes into CONNECT. Naming the two keys without a value keeps Socket.IO from filling them in. */
  ask(auth: object): object {
    return this.#forget ? { ...auth, pid: undefined, offset: undefined } : { ...auth };
  }

  /** The arguments of an event, without the offset that the server appended as one more (LK-7). */
  received(args: readonly unknown[], now: number): readonly unknown[] {
    const last = args.at(-1);
    if (!this.#offered || typeof last !== 'string') return args;
    this.#placed = true;
    return isOffset(last, now) ? args.slice(0, -1) : args;
  }
}

/** Whether an answer to CONNECT offers to recover the session: it is given an id for that. */
export function isOffer(data: unknown): boolean {
  return Boolean((data as { readonly pid?: unknown } | undefined)?.pid);
}

/**
 * An offset looks like any other string; but every adapter that recovers makes its offsets of the time at which it
 * stored the packet. So a string is one only if it reads as a moment near `now`: seven letters of the app's own stay.
 */
function isOffset(last: string, now: number): boolean {
  const stored = timeOf(last);
  return stored !== undefined && Math.abs(now - stored) < leeway;
}

/** Wide enough for clocks that are days off and for packets that waited long. */
const leeway = 31 * 24 * 60 * 60 * 1000;

/** The offsets of the adapters that recover: `socket.io-adapter`, Redis Streams, MongoDB. */
function timeOf(offset: string): number | undefined {
  const yeast = /^([0-9A-Za-z_-]{7})(?:\.[0-9A-Za-z_-]+)?$/.exec(offset);
  if (yeast?.[1] !== undefined) return fromBase64(yeast[1]);
  const stream = /^(\d{13})-\d+$/.exec(offset);
  if (stream?.[1] !== undefined) return Number(stream[1]);
  const objectId = /^([0-9a-f]{8})[0-9a-f]{16}$/.exec(offset);
  if (objectId?.[1] !== undefined) return Number.parseInt(objectId[1], 16) * 1000;
  return undefined;
}

/** `yeast` counts milliseconds in base 64, with digits of its own. */
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';

function fromBase64(text: string): number {
  let time = 0;
  for (const digit of text) time = time * 64 + digits.indexOf(digit);
  return time;
}
