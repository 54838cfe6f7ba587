import type { Course } from './comeback.ts';
import { grain, horizon } from './world.ts';

export interface Figures {
  /** The most handshakes that reach the server within a second, as a share of the clients. */
  readonly peak: number;
  /** The same, from a second after the first on. */
  readonly laterPeak: number;
  /** Of these, the most of clients that it had turned away before. */
  readonly laterRepeats: number;
  /** The most that it lets in within a second, from a second after the first on. */
  readonly laterAdmitted: number;
  /** Handshakes of a client that reached the server, on average. */
  readonly handshakes: number;
  /** Attempts of a client, on average, since the loss: also those that met nobody. */
  readonly attempts: number;
  /** Seconds until 50, 95 and 99.9 % are back, or `null` where that was not within the time. */
  readonly back: Shares;
  /** Seconds that 50, 95 and 99.9 % were without a server at most. */
  readonly away: Shares;
}

/** Of 50, 95 and 99.9 %. */
export type Shares = readonly [number | null, number | null, number | null];

export function figuresOf(course: Course, clients: number): Figures {
  const { arrivals, repeats, admitted, back, away, attempts } = course;
  const second = 1_000 / grain;
  return {
    peak: round(most(arrivals, 0) / clients, 4),
    laterPeak: round(most(arrivals, second) / clients, 4),
    laterRepeats: round(most(repeats, second) / clients, 4),
    laterAdmitted: round(most(admitted, second) / clients, 4),
    handshakes: round(sum(arrivals, 0, horizon) / clients, 2),
    attempts: round(attempts / clients, 2),
    back: sharesOf(back, clients),
    away: sharesOf(away, clients),
  };
}

/** Handshakes that arrived within the second before each point in time, as shares of the clients. */
export function ratesOf(arrivals: Uint32Array, clients: number, times: readonly number[]): number[] {
  return times.map((time) => round(sum(arrivals, time - 1_000, time) / clients, 4));
}

/** The share of the clients that is back at each point in time. */
export function backAt(back: Uint32Array, clients: number, times: readonly number[]): number[] {
  return times.map((time) => round(sum(back, 0, time) / clients, 4));
}

/** The most within any second that begins at this bin or later. */
function most(bins: Uint32Array, from: number): number {
  const width = 1_000 / grain;
  let within = 0;
  let found = 0;
  for (let bin = from; bin < bins.length; bin += 1) {
    within += bins[bin] ?? 0;
    if (bin >= from + width) within -= bins[bin - width] ?? 0;
    found = Math.max(found, within);
  }
  return found;
}

function sharesOf(bins: Uint32Array, clients: number): Shares {
  return [timeOf(bins, 0.5 * clients), timeOf(bins, 0.95 * clients), timeOf(bins, 0.999 * clients)];
}

function timeOf(bins: Uint32Array, wanted: number): number | null {
  let found = 0;
  for (const [bin, count] of bins.entries()) {
    found += count;
    if (found >= wanted) return ((bin + 1) * grain) / 1_000;
  }
  return null;
}

function sum(bins: Uint32Array, from: number, until: number): number {
  const end = Math.min(until, horizon) / grain;
  let found = 0;
  for (let bin = Math.max(0, from / grain); bin < end; bin += 1) found += bins[bin] ?? 0;
  return found;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
