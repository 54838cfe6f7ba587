import { median } from '../../examples/shared/figures.ts';

/** One look at a heap: when, in ms, and how many bytes. */
export interface Sample {
  readonly at: number;
  readonly bytes: number;
}

export interface Trend {
  /** Medians, in bytes: of the second quarter of the time, when all has warmed up, and of the last. */
  readonly second: number;
  readonly last: number;
  /** Bytes an hour, by the line that fits the samples after the first quarter best. */
  readonly perHour: number;
  /** `null`: too short to say. */
  readonly isFlat: boolean | null;
}

/** Whether a heap stays as it is. The first quarter is left out, where everything warms up. */
export function trendOf(samples: readonly Sample[]): Trend {
  const from = samples[0]?.at ?? 0;
  const length = (samples.at(-1)?.at ?? 0) - from;
  const between = (start: number, end: number) =>
    samples.filter(({ at }) => at - from >= start * length && at - from <= end * length);
  const second = median(between(0.25, 0.5).map(({ bytes }) => bytes));
  const last = median(between(0.75, 1).map(({ bytes }) => bytes));
  const isLong = length >= shortest && samples.length >= fewest;
  return {
    second,
    last,
    perHour: slope(between(0.25, 1)) * 3_600_000,
    isFlat: isLong ? last - second <= Math.max(leeway, share * second) : null,
  };
}

/** In less time a heap is still warming up. ms. */
const shortest = 8 * 60_000;
const fewest = 16;
/** What a heap may be larger at the end, whatever is larger: bytes, or a part of it. It breathes with the faults. */
const leeway = 2 * 2 ** 20;
const share = 0.05;

/** Bytes a ms, by least squares. */
function slope(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const at = mean(samples.map((sample) => sample.at));
  const bytes = mean(samples.map((sample) => sample.bytes));
  const over = samples.reduce((sum, sample) => sum + (sample.at - at) * (sample.bytes - bytes), 0);
  const under = samples.reduce((sum, sample) => sum + (sample.at - at) ** 2, 0);
  return under === 0 ? 0 : over / under;
}
