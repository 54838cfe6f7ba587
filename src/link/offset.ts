/**
 * The arguments without the offset that a server with connection state recovery appends as one more (LK-7).
 * It looks like any other string; but every adapter that recovers makes its offsets of the time at which it stored
 * the packet. So a string is one only if it reads as a moment near `now`: seven letters of the app's own stay.
 */
export function withoutOffset(args: readonly unknown[], now: number): readonly unknown[] {
  const last = args.at(-1);
  return typeof last === 'string' && isRecoveryOffset(last, now) ? args.slice(0, -1) : args;
}

function isRecoveryOffset(last: string, now: number): boolean {
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
