/**
 * A UUID of version 7 (RFC 9562): 48 bits of time, 12 bits that count within a millisecond, 62 bits of chance. Each is
 * greater than the one before it in this process, also when the clock stands or steps back: then the last time is
 * counted on.
 *
 * @param now Epoch ms.
 */
export function uuidV7(now: number): string {
  const ms = now >= 0 ? Math.min(Math.floor(now), latest) : 0;
  const bytes = draw();
  if (ms > time) {
    time = ms;
    // From the lower half, so that there is room to count up.
    count = (((bytes[used] ?? 0) << 8) | (bytes[used + 1] ?? 0)) & 0x7ff;
  } else if (count < 0xfff) {
    count += 1;
  } else {
    time += 1;
    count = 0;
  }
  const id = write(time, count, bytes, used + 2);
  used += size;
  return id;
}

/** Half of what 48 bits hold, so that there is room to count on from whatever a clock says. */
const latest = 2 ** 47;
let time = -1;
let count = 0;

/** Asking for random bytes costs more than all the rest, so many are asked for at a time. */
const size = 10;
let pool: Uint8Array<ArrayBuffer> | null = null;
let used = 0;

function draw(): Uint8Array {
  if (pool === null || used === pool.length) {
    pool ??= new Uint8Array(size * 128);
    crypto.getRandomValues(pool);
    used = 0;
  }
  return pool;
}

/** Two digits for each byte. */
let hex: readonly string[] | null = null;
/** How ids of the same millisecond begin. */
let start: string;
let startOf = -1;

/** In few and short pieces: long ones are put together only when somebody reads them, which is slow. */
function write(ms: number, counted: number, random: Uint8Array, from: number): string {
  hex ??= Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
  const digits = hex;
  if (ms !== startOf) {
    const text = ms.toString(16).padStart(12, '0');
    start = `${text.slice(0, 8)}-${text.slice(8)}-`;
    startOf = ms;
  }
  const at = (index: number) => digits[random[from + index] as number] as string;
  const middle = `${digits[0x70 | (counted >> 8)]}${digits[counted & 0xff]}-`;
  const variant = `${digits[0x80 | ((random[from] as number) & 0x3f)]}${at(1)}-`;
  return `${start}${middle}${variant}${at(2)}${at(3)}${at(4)}${at(5)}${at(6)}${at(7)}`;
}
