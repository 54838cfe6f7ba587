import type { Setting } from '../../bench/herd/grid.ts';

/** Where a herd comes back: after how long, and to how much room. */
export function placeOf({ outage, capacity }: Pick<Setting, 'outage' | 'capacity'>): string {
  const length = outage === 0 ? 'other nodes stay' : `${outage / 1_000} s away`;
  return `${length}, ${capacity === null ? 'no limit' : `room in ${capacity} s`}`;
}

export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

export function seconds(time: number | null): string {
  return time === null ? 'never' : `${time < 20 ? time.toFixed(1) : Math.round(time)} s`;
}

export function ratio(value: number): string {
  return value.toFixed(2);
}
