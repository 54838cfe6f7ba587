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

const latest = 2 ** 48 - 1;
let time = -1;
let count = 0;

/** Asking for random bytes costs more than all the rest, so many are asked for at a time. */
const size = 10;
let pool: Uint8Array<ArrayBuffer> | null = null;
let used = 0;

function draw(): Uint8Array {
  if (pool === null || used === pool.length) {
    pool ??= new Uint8Array(size * 64);
    crypto.getRandomValues(pool);
    used = 0;
  }
  return pool;
}

let hex: readonly string[] | null = null;

/** The time as it is written, and which: many ids are made in one millisecond. */
let prefix = '';
let written = -1;

function write(ms: number, counted: number, random: Uint8Array, from: number): string {
  hex ??= Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
  const digits = hex;
  const two = (byte: number) => digits[byte & 0xff] ?? '';
  const at = (index: number) => random[from + index] ?? 0;
  if (ms !== written) {
    const high = Math.floor(ms / 0x1_0000_0000);
    const low = ms % 0x1_0000_0000;
    prefix = `${two(high >> 8)}${two(high)}${two(low >>> 24)}${two(low >>> 16)}-${two(low >>> 8)}${two(low)}`;
    written = ms;
  }
  return (
    prefix +
    `-${two(0x70 | (counted >> 8))}${two(counted)}-${two(0x80 | (at(0) & 0x3f))}${two(at(1))}` +
    `-${two(at(2))}${two(at(3))}${two(at(4))}${two(at(5))}${two(at(6))}${two(at(7))}`
  );
}
