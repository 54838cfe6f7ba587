/** The value below which so much of them is, between 0 and 1; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);
export const worst = (values: readonly number[]) => quantile(values, 1);

/** Counts of the same names, added up. */
export function sum<Counts extends Record<string, number>>(counts: readonly Counts[]): Counts {
  const all: Record<string, number> = {};
  for (const each of counts) {
    for (const [name, count] of Object.entries(each)) all[name] = (all[name] ?? 0) + count;
  }
  return all as Counts;
}
